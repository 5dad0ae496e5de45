import { HTTP_LIMITS } from "../../app/limits.ts";

/** The time limits of a caller, in milliseconds. */
export interface Patience {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** Between two pieces of a body. */
  readonly bodyIdleMs: number;
  /** For a whole request, its body included. */
  readonly requestMs: number;
  /** For reading a byte of an answer that is being sent. Silence is noticed after twice as long at the latest. */
  readonly unreadMs: number;
  /** Without a byte in either direction, also while an answer is computed. */
  readonly silenceMs: number;
  /** For unfinished answers when the server is stopped. */
  readonly stopMs: number;
}

export const PATIENCE: Patience = {
  headersMs: 15_000,
  bodyIdleMs: HTTP_LIMITS.bodyIdleMs,
  requestMs: 120_000,
  unreadMs: 30_000,
  silenceMs: 300_000,
  // Supervisors kill after 30 s.
  stopMs: 20_000,
};

const MOST_CHECK_MS = 1_000;

/** The platform checks for late requests at intervals. One interval is subtracted, so that no request takes longer than the limit. */
export function platformLimits({ headersMs, requestMs }: Patience) {
  const connectionsCheckingInterval = Math.min(MOST_CHECK_MS, headersMs / 4);
  return {
    headersTimeout: headersMs - connectionsCheckingInterval,
    requestTimeout: requestMs - connectionsCheckingInterval,
    connectionsCheckingInterval,
  };
}
