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

type Queries = readonly Float32Array[];

interface Filtered extends NeighborQuery {
  readonly filter: RowBitmap;
}

/** Answers queries that were found sensible, under the cosine of unit length: by walks, and by scans where these do not do. */
export function find(index: Searched, queries: Queries, asked: NeighborQuery): Neighbors[] {
  const { filter } = asked;
  if (filter) return queries.map((query) => findAllowed(index, query, { ...asked, filter }));
  const wanted = Math.min(asked.k, index.kernel.count);
  return inTurns(index, queries, asked).map((found, i) => {
    if (found.partial || found.rows.length >= wanted) return found;
    return index.kernel.scan(queries[i]!, index.slots.all(), asked);
  });
}

/** What walks find: so many queries at once as the kernel takes in one go. */
function inTurns({ kernel, breadth }: Searched, queries: Queries, asked: NeighborQuery): Neighbors[] {
  const { k, deadline } = asked;
  const { threads } = kernel;
  const most = kernel.queriesFor(k);
  const found: Neighbors[] = [];
  for (let from = 0; from < queries.length; from += most) {
    const some = queries.slice(from, from + most);
    const turn = { searches: some.length, threads };
    found.push(...breadth.walk(asked, (ef) => kernel.walkMany(some, { k, ef, deadline }), turn));
  }
  return found;
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
