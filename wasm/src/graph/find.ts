import type { NeighborQuery, Neighbors, RowBitmap } from "@pipit/core";
import type { Breadth } from "./breadth.ts";
import { countAllowed } from "./filter-rows.ts";
import { firstBreadth, nextBreadth } from "./filtered-breadth.ts";
import type { SearchKernel } from "./search-kernel.ts";
import type { SlotMap } from "./slot-map.ts";

export interface Searched {
  readonly kernel: SearchKernel;
  readonly slots: SlotMap;
  readonly breadth: Breadth;
}

interface Filtered extends NeighborQuery {
  readonly filter: RowBitmap;
}

/**
 * Answers a query that was found sensible, under the cosine of unit length: by a walk, and by a scan where that does not do.
 */
export function find(index: Searched, query: Float32Array, asked: NeighborQuery): Neighbors {
  const { k, filter, deadline } = asked;
  if (filter) return findAllowed(index, query, { ...asked, filter });
  const walked = index.breadth.walk(asked, (ef) => index.kernel.walk(query, { k, ef, deadline }));
  return completed(index, query, walked, asked);
}

/** Answers many, together where threads can share them. */
export function findMany(index: Searched, queries: readonly Float32Array[], asked: NeighborQuery): Neighbors[] {
  const { kernel, breadth } = index;
  const { k, filter, deadline } = asked;
  const most = kernel.queriesFor(k);
  if (filter || most === 1) return queries.map((query) => find(index, query, asked));
  const found: Neighbors[] = [];
  for (let from = 0; from < queries.length; from += most) {
    const some = queries.slice(from, from + most);
    const turn = { searches: some.length, threads: kernel.threads };
    const walked = breadth.walk(asked, (ef) => kernel.walkMany(some, { k, ef, deadline }), turn);
    found.push(...walked.map((one, i) => completed(index, some[i]!, one, asked)));
  }
  return found;
}

/** What was walked for, or scanned for where the walk had time and did not meet enough. */
function completed(
  { kernel, slots }: Searched,
  query: Float32Array,
  walked: Neighbors,
  asked: NeighborQuery,
): Neighbors {
  const isEnough = walked.partial || walked.rows.length >= Math.min(asked.k, kernel.count);
  return isEnough ? walked : kernel.scan(query, slots.all(), asked);
}

function findAllowed({ kernel, slots, breadth }: Searched, query: Float32Array, asked: Filtered): Neighbors {
  const { k, filter, deadline = Number.POSITIVE_INFINITY } = asked;
  const began = performance.now();
  const left = () => Math.max(0, deadline - (performance.now() - began));
  const { count } = kernel;
  const search = { k, ef: breadth.ef(asked), allowed: Math.min(countAllowed(filter), count), count };
  let ef = firstBreadth(search);
  while (ef !== undefined) {
    const found = kernel.walk(query, { k, ef, filter, deadline: left() });
    if (found.partial || found.rows.length >= k) return found;
    ef = nextBreadth(search, { found: found.rows.length, ef });
  }
  return kernel.scan(query, slots.allowed(filter), { k, deadline: left() });
}
