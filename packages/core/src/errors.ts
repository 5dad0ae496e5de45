/**
 * One error class a failure a caller can act on. Each says what was got, what was expected and what to do, and carries
 * a stable `code` that survives every boundary (worker, HTTP), where classes do not.
 */
export type ErrorCode =
  | "bad-input"
  | "bad-vector"
  | "space-mismatch"
  | "fidelity-too-low"
  | "unknown-entry"
  | "unknown-collection"
  | "bad-snapshot"
  | "bad-model"
  | "model-unavailable"
  | "numbers-not-proven"
  | "storage-full"
  | "storage-blocked"
  | "storage-outdated"
  | "storage-failed"
  | "worker-died"
  | "closed"
  | "aborted"
  | "unsupported"
  | "remote-failed";

export interface ErrorFacts {
  /** What arrived or happened. */
  got: string;
  /** What would have been right. */
  expected: string;
  /** What the caller can do about it. */
  do: string;
  cause?: unknown;
}

export class PipitError extends Error {
  readonly code: ErrorCode;
  readonly got: string;
  readonly expected: string;
  readonly do: string;

  constructor(code: ErrorCode, facts: ErrorFacts) {
    super(`got ${facts.got}, expected ${facts.expected}. ${facts.do}`, { cause: facts.cause });
    this.name = `Pipit:${code}`;
    this.code = code;
    this.got = facts.got;
    this.expected = facts.expected;
    this.do = facts.do;
  }
}

/** True for a PipitError of that code, also one that crossed a worker or HTTP boundary and lost its class. */
export function isPipitError(error: unknown, code?: ErrorCode): error is PipitError {
  if (!(error instanceof Error) || !("code" in error) || !("got" in error)) return false;
  return code === undefined || error.code === code;
}

/** The plain form in which an error crosses a boundary; `reviveError` is its inverse. */
export interface WireError {
  name: string;
  message: string;
  stack?: string | undefined;
  code?: ErrorCode | undefined;
  got?: string | undefined;
  expected?: string | undefined;
  do?: string | undefined;
}

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const wire: WireError = { name: error.name, message: error.message, stack: error.stack };
  if (!(error instanceof PipitError)) return wire;
  return { ...wire, code: error.code, got: error.got, expected: error.expected, do: error.do };
}

export function reviveError(wire: WireError): Error {
  const error = wire.code
    ? new PipitError(wire.code, { got: wire.got ?? "", expected: wire.expected ?? "", do: wire.do ?? "" })
    : new Error(wire.message);
  error.name = wire.name;
  error.message = wire.message;
  if (wire.stack) error.stack = wire.stack;
  return error;
}

/** The error for an aborted call: code "aborted", named AbortError as the platform names it, the signal's reason as cause. */
export class AbortedError extends PipitError {
  constructor(reason?: unknown) {
    super("aborted", {
      got: "an abort signal",
      expected: "the call to run to its end",
      do: "Nothing is lost; call again when the result is wanted.",
      cause: reason,
    });
    this.name = "AbortError";
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError(signal.reason);
}
