/** What tells one version of a file in one encoding from all others. */
export interface Version {
  /** Quoted, strong. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

type HeaderOf = (name: string) => string | undefined;

/** True when the caller has this version already: by `If-None-Match`, or by date where it names no tag. */
export function isKnown(header: HeaderOf, { etag, modified }: Version): boolean {
  const tags = header("if-none-match");
  if (tags !== undefined) return tags.trim() === "*" || tagsOf(tags).includes(etag);
  const since = Date.parse(header("if-modified-since") ?? "");
  return seconds(modified) <= seconds(since);
}

/** True unless `If-Range` names another version: a part of one would then be glued to parts of another. */
export function isRangeCurrent(header: HeaderOf, { etag, modified }: Version): boolean {
  const given = header("if-range")?.trim();
  if (given === undefined) return true;
  // A weak tag says that versions mean the same, not that their bytes are.
  return given === etag || seconds(Date.parse(given)) === seconds(modified);
}

/** The tags of a list, weak ones as if strong: for "is it what I have" the two compare alike. */
function tagsOf(list: string): string[] {
  return [...list.matchAll(/(?:W\/)?("[^"]*")/g)].map(([, tag = ""]) => tag);
}

// A date in a header has no parts of a second. NaN, of no date or a malformed one, compares as false.
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
