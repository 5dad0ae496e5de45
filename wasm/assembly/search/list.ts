/**
 * A list of the nearest so far, sorted, of bounded width. The paper keeps two heaps, one of candidates and one of
 * results; a candidate outside the results would never be walked from, so one sorted list with a mark on those already
 * walked from does both jobs in bounded memory.
 *
 * In memory: size u32, width u32, keys u64. A key is the distance in sortable form, then 32 bits of what it is the
 * distance of; equal distances are thereby ordered by that number, the same way everywhere.
 */
import { NONE } from "./layout";
import { allocate } from "./arena";

const KEYS: usize = 8;

export function makeList(capacity: u32): usize {
  return allocate(KEYS + (<u64>capacity << 3));
}

export function clear(list: usize, width: u32): void {
  store<u32>(list, 0);
  store<u32>(list, width, 4);
}

/** Keeps the nearest `width` of those in the list. */
export function setWidth(list: usize, width: u32): void {
  store<u32>(list, min(sizeOf(list), width));
  store<u32>(list, width, 4);
}

export function sizeOf(list: usize): u32 {
  return load<u32>(list);
}

export function keyAt(list: usize, index: u32): u64 {
  return load<u64>(list + (index << 3), KEYS);
}

export function setKey(list: usize, index: u32, key: u64): void {
  store<u64>(list + (index << 3), key, KEYS);
}

/** Where the key came to lie, or NONE when all of a full list is nearer. */
export function offer(list: usize, key: u64): u32 {
  let size = sizeOf(list);
  if (size == load<u32>(list, 4)) {
    if (size == 0 || key >= keyAt(list, size - 1)) return NONE;
    size--;
  }
  const place = placeOf(list, size, key);
  const from = list + KEYS + (place << 3);
  memory.copy(from + 8, from, (size - place) << 3);
  store<u64>(from, key);
  store<u32>(list, size + 1);
  return place;
}

function placeOf(list: usize, size: u32, key: u64): u32 {
  let low: u32 = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyAt(list, middle) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function keyOf(distance: f32, subject: u32): u64 {
  const bits = reinterpret<u32>(distance);
  const sortable = bits ^ (<u32>(<i32>bits >> 31) | 0x80000000);
  return (<u64>sortable << 32) | subject;
}

export function distanceOf(key: u64): f32 {
  const sortable = <u32>(key >> 32);
  return reinterpret<f32>(sortable & 0x80000000 ? sortable ^ 0x80000000 : ~sortable);
}
