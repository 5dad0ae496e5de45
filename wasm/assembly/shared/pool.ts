/**
 * The nearest so far, sorted, of bounded width. The paper keeps two heaps, one of candidates and one of results; a
 * candidate outside the results would never be walked from, so one sorted array, with a mark on those already walked from,
 * replaces both in bounded memory.
 *
 * In memory: size u32, width u32, keys u64. A key is the distance in sortable form, then 24 bits of slot or 32 of row;
 * equal distances are thereby ordered by that number, the same way everywhere.
 */
import { allocate } from "./memory";

const KEYS: usize = 8;
const LAST: u64 = 0xffffffffffffffff;

export function makePool(capacity: u32): usize {
  return allocate(poolBytes(capacity));
}

export function poolBytes(capacity: u32): u64 {
  return KEYS + (<u64>capacity << 3);
}

@inline
export function clear(pool: usize, width: u32): void {
  store<u32>(pool, 0);
  store<u32>(pool, width, 4);
}

@inline
export function sizeOf(pool: usize): u32 {
  return load<u32>(pool);
}

@inline
export function widthOf(pool: usize): u32 {
  return load<u32>(pool, 4);
}

export function setSize(pool: usize, size: u32): void {
  store<u32>(pool, size);
}

@inline
export function keyAt(pool: usize, index: u32): u64 {
  return load<u64>(pool + (index << 3), KEYS);
}

@inline
export function setKey(pool: usize, index: u32, key: u64): void {
  store<u64>(pool + (index << 3), key, KEYS);
}

@inline
export function isFull(pool: usize): bool {
  return sizeOf(pool) == load<u32>(pool, 4);
}

/** Keys of a larger distance are not added. */
export function boundOf(pool: usize): f32 {
  const size = sizeOf(pool);
  return size < load<u32>(pool, 4) ? Infinity : distanceOf(keyAt(pool, size - 1));
}

/** Keys from here on are not added. */
@inline
export function lastKeyOf(pool: usize): u64 {
  const size = sizeOf(pool);
  return size < load<u32>(pool, 4) ? LAST : keyAt(pool, size - 1);
}

/** Adds a key below the bound; answers its place. */
export function insert(pool: usize, key: u64): u32 {
  const size = sizeOf(pool);
  const isFull = size == load<u32>(pool, 4);
  let place = isFull ? size - 1 : size;
  if (!isFull) store<u32>(pool, size + 1);
  while (place > 0) {
    const before = keyAt(pool, place - 1);
    if (before < key) break;
    setKey(pool, place, before);
    place--;
  }
  setKey(pool, place, key);
  return place;
}

/** Adds the key if it is near enough. */
export function offer(pool: usize, key: u64): void {
  if (key < lastKeyOf(pool)) insert(pool, key);
}

@inline
export function sortable(distance: f32): u32 {
  const bits = reinterpret<u32>(distance);
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
}

@inline
export function keyOf(distance: f32, subject: u32): u64 {
  return (<u64>sortable(distance) << 32) | subject;
}

@inline
export function distanceOf(key: u64): f32 {
  const bits = <u32>(key >> 32);
  return reinterpret<f32>(bits & 0x80000000 ? bits ^ 0x80000000 : ~bits);
}
