import { PipitError } from "@pipit/core";

/** Error codes for the process's limit of open files, and for the machine's. */
const NONE_LEFT = new Set(["EMFILE", "ENFILE"]);

/** True if the error is the limit of open files: the file itself may exist. */
function isOutOfDescriptors(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return NONE_LEFT.has(String(code)) || (cause instanceof Error && isOutOfDescriptors(cause));
}

/** For the `catch` of an open call: throws `busy` for the limit of open files, and other errors unchanged. */
export function orBusy(cause: unknown): never {
  if (!isOutOfDescriptors(cause)) throw cause;
  throw new PipitError("busy", {
    got: "a request while no more files can be opened",
    expected: "fewer requests at a time",
    do: "Try again in a moment. Whoever runs the server may raise its limit of open files (`ulimit -n`).",
    cause,
  });
}

/** For the `catch` of a request to another server: throws `busy` if no socket is free; an unreachable server counts as one without the file. */
export function unlessBusy(error: unknown): undefined {
  if (isOutOfDescriptors(error)) orBusy(error);
}
