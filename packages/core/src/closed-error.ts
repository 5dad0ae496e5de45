import { PipitError } from "./errors.ts";

/**
 * The failure `closed` of every port. `what` is "embedder", "store", "engine". `reopened` names the thing to open again: an index
 * is opened by its collection.
 */
export function closedError(what: string, reopened = what): PipitError {
  return new PipitError("closed", {
    got: `a call that needs the ${what} after it was closed`,
    expected: `an open ${what}`,
    do: `Open the ${reopened} again; what was stored is there.`,
  });
}
