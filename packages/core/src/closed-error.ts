import { PipitError } from "./errors.ts";

/** The failure `closed` of every port. `what` is "embedder", "store". */
export function closedError(what: string): PipitError {
  return new PipitError("closed", {
    got: `a call that needs the ${what} after it was closed`,
    expected: `an open ${what}`,
    do: `Open the ${what} again.`,
  });
}
