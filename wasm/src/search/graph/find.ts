import type { NeighborQuery, Neighbors, RowBitmap } from "@pipit/core";
import { countAllowed } from "../../shared/count-allowed.ts";
import type { SlotMap } from "../../shared/slot-map.ts";
import { mergeNeighbors } from "../merge-neighbors.ts";
import { WIDEST } from "../options.ts";
import type { EfChoice } from "./ef-choice.ts";
import { costOf, firstEf, nextEf } from "./filtered-ef.ts";
import type { SearchKernel, Walked } from "./search-kernel.ts";

export interface Searched {
  readonly kernel: SearchKernel;
  readonly slots: SlotMap;
  readonly efChoice: EfChoice;
}

type Countdown = () => number | undefined;

interface Filtered extends NeighborQuery {
  readonly filter: RowBitmap;
  readonly left: Countdown;
}

/**
 * Answers a checked query (under cosine, of unit length) by a walk. It scans if the walk found too few rows, or if `efChoice` gives no ef.
 * If the scan runs out of time, the rows of the walk count too.
 */
export function find(index: Searched, query: Float32Array, asked: NeighborQuery): Walked {
  const { k, filter, deadline } = asked;
  const left = countdown(deadline);
  const ef = index.efChoice.ef(asked);
  if (filter) return findAllowed(index, query, { ...asked, filter, left, ef });
  if (ef === undefined) return findByScan(index, query, asked);
  const turn = { asked, searches: 1, threads: 1 };
  const walked = index.efChoice.walk(ef, () => index.kernel.walk(query, { k, ef, deadline }), turn);
  return completed(index, query, { walked, k, left });
}

/** Answers by measuring every allowed row. */
export function findByScan({ kernel, slots }: Searched, query: Float32Array, asked: NeighborQuery): Neighbors {
  const { k, filter, deadline } = asked;
  return kernel.scan(query, filter ? slots.allowed(filter) : slots.all(), { k, deadline });
}

/** Doubles the ef of the walk until its answer is sure. Scans if that is cheaper. */
export function findSurely(
  index: Searched,
  query: Float32Array,
  asked: NeighborQuery & { readonly ef: number },
  isSure: (answer: Walked) => boolean,
): Walked {
  const { kernel } = index;
  for (let ef = 2 * asked.ef; !asked.filter && ef <= WIDEST && costOf(ef) < kernel.count; ef *= 2) {
    const walked = kernel.walk(query, { k: asked.k, ef });
    if (isSure(walked)) return walked;
  }
  return findByScan(index, query, asked);
}

/** Answers many queries, together if threads can share them. */
export function findMany(index: Searched, queries: readonly Float32Array[], asked: NeighborQuery): Walked[] {
  const { kernel, efChoice } = index;
  const { k, filter, deadline } = asked;
  const most = kernel.queriesFor(k);
  const ef = efChoice.ef(asked);
  if (filter || most === 1 || ef === undefined) return queries.map((query) => find(index, query, asked));
  const found: Walked[] = [];
  for (let from = 0; from < queries.length; from += most) {
    const some = queries.slice(from, from + most);
    const turn = { asked, searches: some.length, threads: kernel.threads };
    const walks = efChoice.walk(ef, () => kernel.walkMany(some, { k, ef, deadline }), turn);
    const left = countdown(deadline);
    found.push(...walks.map((walked, i) => completed(index, some[i]!, { walked, k, left })));
  }
  return found;
}

interface Completing {
  readonly walked: Walked;
  readonly k: number;
  readonly left: Countdown;
}

/** The rows of a walk, completed by a scan if the walk ended in time with too few rows. */
function completed({ kernel, slots }: Searched, query: Float32Array, { walked, k, left }: Completing): Walked {
  if (walked.partial || walked.rows.length >= Math.min(k, kernel.count)) return walked;
  return joined(walked, kernel.scan(query, slots.all(), { k, deadline: left() }), k);
}

/** A complete scan has seen every row of the walk. */
function joined(walked: Neighbors | undefined, scanned: Neighbors, k: number): Neighbors {
  return walked && scanned.partial ? mergeNeighbors([walked, scanned], k) : scanned;
}

function findAllowed({ kernel, slots }: Searched, query: Float32Array, asked: Filtered): Walked {
  const { k, filter, left } = asked;
  const { count } = kernel;
  const search = asked.ef && { k, ef: asked.ef, allowed: Math.min(countAllowed(filter), count), count };
  let walked: Walked | undefined;
  let ef = search && firstEf(search);
  while (search && ef !== undefined) {
    walked = kernel.walk(query, { k, ef, filter, deadline: left() });
    if (walked.partial || walked.rows.length >= k) return walked;
    ef = nextEf(search, { found: walked.rows.length, ef });
  }
  return joined(walked, kernel.scan(query, slots.allowed(filter), { k, deadline: left() }), k);
}

/** Tells the milliseconds that are left of a deadline that begins now; undefined without a deadline. */
function countdown(deadline: number | undefined): Countdown {
  if (deadline === undefined) return () => undefined;
  const until = performance.now() + deadline;
  return () => Math.max(0, until - performance.now());
}
