// More rows than would do on the average are walked for, since the allowed ones may lie thinner just here.
const AMPLE = 1.5;
// A walk that costs no more than this share of a scan is tried even when it is not likely to be enough.
const TRIFLE = 1 / 4;

export interface FilteredSearch {
  readonly k: number;
  /** Of a search without a filter. */
  readonly ef: number;
  /** Rows that the filter allows, of so many. */
  readonly allowed: number;
  readonly count: number;
}

/**
 * How broad the first of the walks is that look for allowed rows, undefined where scanning all that are allowed costs less.
 * It takes the filter to have nothing to do with the query.
 */
export function firstBreadth({ k, ef, allowed, count }: FilteredSearch): number | undefined {
  const least = Math.max(ef, k);
  const likely = Math.max(least, breadthFor(k, allowed / count));
  if (costOf(likely) < allowed) return likely;
  return costOf(least) < allowed * TRIFLE ? least : undefined;
}

/**
 * How broad the next one is when that many of the rows that the last one came by were allowed: so rows near the query are
 * found soon, and rows far from it are given up soon.
 */
export function nextBreadth({ k, allowed }: FilteredSearch, { found, ef }: { found: number; ef: number }) {
  const next = breadthFor(k, found / ef);
  return costOf(next) < allowed ? next : undefined;
}

/** Rows to walk for so that k of them are allowed, when that share is; Infinity for none. */
function breadthFor(k: number, share: number): number {
  return Math.ceil((AMPLE * k) / share);
}

/**
 * What a walk costs, in rows that a scan measures meanwhile. It grows with ef, and with its square where keeping
 * the beam in order counts; `npm run bench -- filter` shows both times.
 */
export function costOf(ef: number): number {
  return ef * (22 + ef / 50);
}
