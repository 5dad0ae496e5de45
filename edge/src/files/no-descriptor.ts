import { PipitError } from "@pipit/core";

/** Of the process, and of the machine. */
const NONE_LEFT = new Set(["EMFILE", "ENFILE"]);

/** True where something could not be opened because too much is open: it may well be there. */
export function isOutOfDescriptors(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return NONE_LEFT.has(String(code)) || (cause instanceof Error && isOutOfDescriptors(cause));
}

/** For the `catch` of what opens a file: `busy` in place of a failure that passes, and others as they are. */
export function orBusy(cause: unknown): never {
  if (!isOutOfDescriptors(cause)) throw cause;
  throw new PipitError("busy", {
    got: "a request while no more files can be opened",
    expected: "fewer requests at a time",
    do: "Try again in a moment. Whoever runs the server may raise its limit of open files (`ulimit -n`).",
    cause,
  });
}

/** For the `catch` of asking another server: one that cannot be reached has nothing; one that nobody can ask for want of a socket may have it. */
export function unlessBusy(error: unknown): undefined {
  if (isOutOfDescriptors(error)) orBusy(error);
}
