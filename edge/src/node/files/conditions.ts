/** Identifies one version of a file in one encoding. */
export interface Version {
  /** A quoted, strong ETag. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

type HeaderOf = (name: string) => string | undefined;

/** True unless `If-Match`, or in its absence `If-Unmodified-Since`, names other versions. */
export function isExpectedVersion(header: HeaderOf, { etag, modified }: Version): boolean {
  const tags = header("if-match");
  // A weak tag matches nothing here.
  if (tags !== undefined) return tags.trim() === "*" || tags.split(",").some((tag) => tag.trim() === etag);
  const since = Date.parse(header("if-unmodified-since") ?? "");
  return Number.isNaN(since) || seconds(modified) <= seconds(since);
}

/** True if the caller has this version, by `If-None-Match`, or in its absence by `If-Modified-Since`. */
export function isKnown(header: HeaderOf, { etag, modified }: Version): boolean {
  const tags = header("if-none-match");
  if (tags !== undefined) return tags.trim() === "*" || tagsOf(tags).includes(etag);
  const since = Date.parse(header("if-modified-since") ?? "");
  return seconds(modified) <= seconds(since);
}

/** True unless `If-Range` names another version: the caller must not join parts of two versions. */
export function isRangeCurrent(header: HeaderOf, { etag, modified }: Version): boolean {
  const given = header("if-range")?.trim();
  if (given === undefined) return true;
  // A weak tag does not promise equal bytes.
  return given === etag || seconds(Date.parse(given)) === seconds(modified);
}

/** The tags of a list. Weak marks are dropped, because `If-None-Match` uses weak comparison. */
function tagsOf(list: string): string[] {
  return [...list.matchAll(/(?:W\/)?("[^"]*")/g)].map(([, tag = ""]) => tag);
}

// Dates in headers have whole seconds. A missing or malformed date becomes NaN and compares as false.
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
