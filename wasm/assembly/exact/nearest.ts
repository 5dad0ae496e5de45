/**
 * The nearest so far in a heap with the farthest on top: adding a key costs the logarithm of the width, so that a search
 * for a hundred thousand rows does not take the square of that.
 *
 * In memory: size u32, width u32, keys u64. A key is the distance in sortable form, then 32 bits of row or slot; equal
 * distances are thereby ordered by that number.
 */
import { allocate } from "../shared/memory";
import { distanceOf } from "../shared/pool";

const KEYS: usize = 8;
const LAST: u64 = 0xffffffffffffffff;

export function makeHeap(capacity: u32): usize {
  return allocate(heapBytes(capacity));
}

export function heapBytes(capacity: u32): u64 {
  return KEYS + (<u64>capacity << 3);
}

export function clearHeap(heap: usize, width: u32): void {
  store<u32>(heap, 0);
  store<u32>(heap, width, 4);
}

@inline
export function sizeOf(heap: usize): u32 {
  return load<u32>(heap);
}

@inline
export function keyAt(heap: usize, index: u32): u64 {
  return load<u64>(heap + (<usize>index << 3), KEYS);
}

@inline
function setKey(heap: usize, index: u32, key: u64): void {
  store<u64>(heap + (<usize>index << 3), key, KEYS);
}

@inline
export function isFull(heap: usize): bool {
  return sizeOf(heap) == load<u32>(heap, 4);
}

/** The farthest distance in a heap that is not empty. */
export function farthestOf(heap: usize): f32 {
  return distanceOf(keyAt(heap, 0));
}

/** Keys from here on are not added. */
@inline
export function boundKey(heap: usize): u64 {
  return isFull(heap) ? keyAt(heap, 0) : LAST;
}

export function offer(heap: usize, key: u64): void {
  const size = sizeOf(heap);
  if (size < load<u32>(heap, 4)) {
    store<u32>(heap, size + 1);
    rise(heap, size, key);
  } else if (key < keyAt(heap, 0)) {
    sink(heap, size, key);
  }
}

/** Sorts the keys, nearest first. The order is no longer that of a heap. */
export function sortHeap(heap: usize): void {
  for (let last = sizeOf(heap); last > 1; last--) {
    const farthest = keyAt(heap, 0);
    sink(heap, last - 1, keyAt(heap, last - 1));
    setKey(heap, last - 1, farthest);
  }
}

function rise(heap: usize, from: u32, key: u64): void {
  let place = from;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const other = keyAt(heap, above);
    if (other > key) break;
    setKey(heap, place, other);
    place = above;
  }
  setKey(heap, place, key);
}

/** Puts the key in the top's place, in a heap of that size. */
function sink(heap: usize, size: u32, key: u64): void {
  let place: u32 = 0;
  for (;;) {
    let below = (place << 1) + 1;
    if (below >= size) break;
    if (below + 1 < size && keyAt(heap, below + 1) > keyAt(heap, below)) below++;
    const other = keyAt(heap, below);
    if (other < key) break;
    setKey(heap, place, other);
    place = below;
  }
  setKey(heap, place, key);
}
