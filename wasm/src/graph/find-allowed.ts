import type { Neighbors } from "@pipit/core";
import type { SearchKernel, Walk } from "./search-kernel.ts";

export interface FilteredWalk extends Walk {
  readonly filter: Uint32Array;
  /** Rows that the filter allows. */
  readonly allowed: number;
}

// More rows than would do on the average are walked for, since the allowed ones may lie thinner just here.
const AMPLE = 1.5;
// A walk that costs no more than this share of a scan is tried even when it is not likely to be enough.
const TRIFLE = 1 / 4;

/**
 * The nearest allowed rows where walking costs less than scanning all that are allowed; undefined where it does not, or
 * came by too few. The first walk takes the filter to have nothing to do with the query; each next one goes by how many
 * it met, so that rows near the query are found soon, and rows far from it are given up soon.
 */
export function findAllowed(kernel: SearchKernel, query: Float32Array, asked: FilteredWalk): Neighbors | undefined {
  const { k, allowed } = asked;
  for (let ef = firstBreadth(kernel.count, asked); costOf(ef) < allowed; ) {
    const found = kernel.walk(query, { ...asked, ef });
    if (kernel.wasCut) return { ...found, partial: true };
    if (found.rows.length >= k) return found;
    ef = breadthFor(k, found.rows.length / ef);
  }
  return undefined;
}

function firstBreadth(count: number, { k, ef, allowed }: FilteredWalk): number {
  const least = Math.max(ef, k);
  const likely = Math.max(least, breadthFor(k, allowed / count));
  return costOf(likely) < allowed || costOf(least) > allowed * TRIFLE ? likely : least;
}

/** Rows to walk for so that k of them are allowed, when that share is; Infinity for none. */
function breadthFor(k: number, share: number): number {
  return Math.ceil((AMPLE * k) / share);
}

/**
 * What a filtered walk costs, in rows that a scan measures meanwhile. It grows with ef, and with its square where keeping
 * the beam in order counts; `npm run bench -- filter` shows both times.
 */
function costOf(ef: number): number {
  return ef * (22 + ef / 50);
}
