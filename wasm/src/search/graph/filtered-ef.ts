// More rows than needed on average are walked, since allowed rows may be rarer near this query.
const AMPLE = 1.5;
// A walk that costs no more than this share of a scan is tried even if it probably finds too few.
const TRIFLE = 1 / 4;

export interface FilteredSearch {
  readonly k: number;
  /** The ef of a search without a filter. */
  readonly ef: number;
  /** Rows that the filter allows, of `count`. */
  readonly allowed: number;
  readonly count: number;
}

/**
 * The ef of the first walk for allowed rows; undefined if scanning all allowed rows costs less. It assumes that filter and
 * query are independent.
 */
export function firstEf({ k, ef, allowed, count }: FilteredSearch): number | undefined {
  const least = Math.max(ef, k);
  const likely = Math.max(least, efForShare(k, allowed / count));
  if (costOf(likely) < allowed) return likely;
  return costOf(least) < allowed * TRIFLE ? least : undefined;
}

/**
 * The ef of the next walk after one of `ef` that met `found` allowed rows; undefined if a scan costs less. So few walks
 * are needed where allowed rows are near the query, and a scan begins soon where they are far.
 */
export function nextEf({ k, allowed }: FilteredSearch, { found, ef }: { found: number; ef: number }) {
  const next = efForShare(k, found / ef);
  return costOf(next) < allowed ? next : undefined;
}

/** Rows to walk so that k of them are allowed, if that share is; Infinity for a share of 0. */
function efForShare(k: number, share: number): number {
  return Math.ceil((AMPLE * k) / share);
}

/**
 * The cost of a walk, in rows that a scan measures in the same time. It grows with ef, and with its square where sorting the
 * candidate list dominates. `npm run bench -- filter` shows both times.
 */
export function costOf(ef: number): number {
  return ef * (22 + ef / 50);
}
