/**
 * Memory is only ever taken from its end: it starts as zeros, never moves, and is freed only with the instance. An
 * index that has shrunk takes less memory after it was saved and opened.
 */
// One page short of 4 GiB, so that no address ever wraps.
const WALL: u64 = 0xffff0000;

// A walk touches up to this much past a node.
const MARGIN: u64 = 256;

let end: usize = 0;
let dirty: usize = 0;
let limit: u64 = WALL;

/** Called once, before all else: memory before `start` is taken. */
export function beginAt(start: usize): void {
  end = start;
  dirty = start;
}

/** Called once, in place of `beginAt`, by an instance that works in another's memory: only this much is its own. */
export function beginWithin(start: usize, bytes: usize): void {
  beginAt(start);
  limit = <u64>start + bytes;
}

/** The end of the memory that was taken so far. */
export function taken(): usize {
  return end;
}

/** The most memory that one allocation takes. */
export function spanOf(bytes: u64): u64 {
  return (bytes + 63) & ~63;
}

/** An address of zeros, 64-aligned, or 0 when memory cannot grow. */
export function allocate(bytes: u64): usize {
  const start = (<u64>end + 63) & ~63;
  if (!holds(start + bytes)) return 0;
  end = <usize>(start + bytes);
  if (<usize>start < dirty) memory.fill(<usize>start, 0, min(<usize>bytes, dirty - <usize>start));
  return <usize>start;
}

/** An address past all that is taken, valid until the next allocation and not zeroed, or 0 when memory cannot grow. */
export function borrow(bytes: u64): usize {
  const start = (<u64>end + 63) & ~63;
  if (!holds(start + bytes)) return 0;
  dirty = max(dirty, <usize>(start + bytes));
  return <usize>start;
}

function holds(last: u64): bool {
  if (limit < WALL) return last <= limit;
  if (last + MARGIN > WALL) return false;
  const held = <u64>memory.size() << 16;
  return last + MARGIN <= held || grow(<u32>((last + MARGIN - held + 0xffff) >> 16));
}

// A sixteenth more than asked, because engines that copy on growth would make many small steps quadratic.
function grow(pages: u32): bool {
  const roomy = max(pages, <u32>memory.size() >> 4);
  return memory.grow(roomy) >= 0 || memory.grow(pages) >= 0;
}
