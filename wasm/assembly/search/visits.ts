/** Which slots a walk has seen: one byte a slot, the number of the walk that saw it last. */
import { allocate } from "../shared/memory";

let stamps: usize = 0;
let capacity: u32 = 0;
let epoch: u32 = 0;

/** False when memory cannot grow. */
export function reserveVisits(slots: u32): bool {
  if (slots <= capacity) return true;
  const grown = max(slots, capacity + (capacity >> 2));
  const made = allocate(grown);
  if (!made) return false;
  stamps = made;
  capacity = grown;
  epoch = 0;
  return true;
}

/** From here on every slot counts as unseen. */
export function forgetVisits(): void {
  if (++epoch < 256) return;
  memory.fill(stamps, 0, capacity);
  epoch = 1;
}

/** Whether the slot was unseen; now it is seen. */
// @ts-ignore: decorator
@inline
export function isFirstVisit(slot: u32): bool {
  const stamp = stamps + slot;
  const isNew = load<u8>(stamp) != epoch;
  store<u8>(stamp, <u8>epoch);
  return isNew;
}
