/**
 * One code for each failure that a caller can act on. An error states what was got, what was expected and what to do. Its `code`
 * is stable and survives every boundary (worker, HTTP), where classes do not.
 */
export type ErrorCode =
  | "bad-input"
  | "bad-vector"
  | "space-mismatch"
  | "fidelity-too-low"
  | "unknown-entry"
  | "nothing-to-read"
  | "unknown-collection"
  | "bad-snapshot"
  | "bad-model"
  | "bad-media"
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
  | "not-allowed"
  | "busy"
  | "remote-failed";

export interface ErrorFacts {
  /** The value or event that caused the error. */
  got: string;
  /** The value that would have been accepted. */
  expected: string;
  /** The action that the caller can take. */
  do: string;
  /** Of an `add` that failed: the number of entries of the call, from its first on, that are stored for good. */
  stored?: number | undefined;
  cause?: unknown;
}

export class PipitError extends Error {
  readonly code: ErrorCode;
  readonly got: string;
  readonly expected: string;
  readonly do: string;
  readonly stored: number | undefined;

  constructor(code: ErrorCode, facts: ErrorFacts) {
    const message = `got ${facts.got}, expected ${facts.expected}. ${facts.do}${storedSentence(facts.stored)}`;
    super(message, { cause: facts.cause });
    this.name = `Pipit:${code}`;
    this.code = code;
    this.got = facts.got;
    this.expected = facts.expected;
    this.do = facts.do;
    this.stored = facts.stored;
  }
}

function storedSentence(stored: number | undefined): string {
  if (stored === undefined) return "";
  return stored === 0 ? " Nothing of this call is stored." : ` The first ${stored} entries of this call are stored.`;
}

/** Adds to the failure of an `add` the number of entries stored before it. Aborts and errors of other classes are returned as they are. */
export function withStored(error: unknown, stored: number): unknown {
  if (!isPipitError(error) || isPipitError(error, "aborted")) return error;
  const { code, got, expected, do: advice } = error;
  return new PipitError(code, { got, expected, do: advice, stored, cause: error });
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
  stored?: number | undefined;
}

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const wire: WireError = { name: error.name, message: error.message, stack: error.stack };
  if (!(error instanceof PipitError)) return wire;
  const { code, got, expected, do: advice, stored } = error;
  return { ...wire, code, got, expected, do: advice, ...(stored === undefined ? {} : { stored }) };
}

export function reviveError(wire: WireError): Error {
  const { got = "", expected = "", do: advice = "", stored } = wire;
  const error = wire.code ? new PipitError(wire.code, { got, expected, do: advice, stored }) : new Error(wire.message);
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
