/**
 * One search: every allowed slot is measured. Where codes and originals are both kept, codes choose candidates and
 * originals decide among them.
 */
import { FULL, NO_CODES, NO_ORIGINALS, codeKind, count, originalKind } from "./layout";
import { trustAll, weigh } from "./doubt";
import { CHOOSE, DECIDE, MEASURE } from "./measure";
import { clearHeap, keyAt, makeHeap, sizeOf, sortHeap } from "./nearest";
import { beginSearch, doTask } from "./shares";
import { allocate } from "../shared/memory";
import { distanceOf } from "../shared/pool";

// Choosing more than a quarter of the rows by codes costs more than reading all originals in order.
const SHARE_WORTH_CODES: u32 = 2;

let hits: usize = 0;
let hitCapacity: u32 = 0;
let candidates: usize = 0;
let candidateCapacity: u32 = 0;
/** Distances of the candidates by their originals. */
let measured: usize = 0;

export let hitRows: usize = 0;
export let hitDistances: usize = 0;

/** Answers the number of hits, at most `k`, or FULL. `ef` is the number of candidates that codes choose for originals. */
export function find(query: usize, k: u32, ef: u32, bitmap: usize, words: u32): u32 {
  const limit = min(k, count());
  const chosen = min(max(ef, limit), count());
  const isTwofold = codeKind != NO_CODES && originalKind != NO_ORIGINALS && chosen < count() >> SHARE_WORTH_CODES;
  if (!reserveHits(limit) || (isTwofold && !reserveCandidates(chosen))) return FULL;
  if (limit == 0) return 0;
  beginSearch(query, bitmap, words, measured);
  trustAll();
  clearHeap(hits, limit);
  if (isTwofold) {
    clearHeap(candidates, chosen);
    doTask(CHOOSE, candidates, 0, count());
    doTask(DECIDE, hits, candidates, sizeOf(candidates));
    weigh(candidates, measured);
  } else {
    doTask(MEASURE, hits, 0, count());
  }
  return unpack();
}

function reserveHits(needed: u32): bool {
  if (needed <= hitCapacity) return true;
  const doubled = max(needed, hitCapacity << 1);
  const heap = makeHeap(doubled);
  const rows = allocate(<u64>doubled << 2);
  const distances = allocate(<u64>doubled << 2);
  if (!heap || !rows || !distances) return false;
  hits = heap;
  hitRows = rows;
  hitDistances = distances;
  hitCapacity = doubled;
  return true;
}

function reserveCandidates(chosen: u32): bool {
  if (chosen <= candidateCapacity) return true;
  const doubled = max(chosen, candidateCapacity << 1);
  const heap = makeHeap(doubled);
  const distances = allocate((<u64>doubled + 3) << 2);
  if (!heap || !distances) return false;
  candidates = heap;
  measured = distances;
  candidateCapacity = doubled;
  return true;
}

function unpack(): u32 {
  sortHeap(hits);
  const size = sizeOf(hits);
  for (let i: u32 = 0; i < size; i++) {
    const key = keyAt(hits, i);
    store<u32>(hitRows + (i << 2), <u32>key);
    store<f32>(hitDistances + (i << 2), distanceOf(key));
  }
  return size;
}
