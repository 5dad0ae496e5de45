import { type ErrorCode, isPipitError, PipitError } from "@pipit/core";

/** The action that a reader can take after a failed search. */
export type Remedy = "wait" | "reload" | "tabs" | "words" | "none";

const BY_CODE: { readonly [code in ErrorCode]?: Remedy } = {
  "storage-outdated": "reload",
  "storage-blocked": "tabs",
  "bad-input": "words",
  "unknown-collection": "none",
};

/** A file of the build is missing, for example because a new build has replaced the files of an open page. */
export class MissingPart extends PipitError {}

/** The remedy for an error. Other words do not help if the engine could not be opened. */
export function remedyOf(error: unknown, engine: "open" | "shut"): Remedy {
  if (error instanceof MissingPart) return "reload";
  if (engine === "shut" && isPipitError(error, "bad-input")) return "none";
  return (isPipitError(error) && BY_CODE[error.code]) || "wait";
}

const told = new Set<string>();

/** Writes the reason to the console for the site's owner, once per page. */
export function tellOwner(error: unknown): void {
  const line = `<pipit-search> ${error}`;
  if (told.has(line)) return;
  told.add(line);
  console.error(line);
}
