/**
 * Pools order equal distances by the numbers in their keys. If these were slot numbers, all nodes of a set with many equal
 * distances would link to the same few low slots and leave the others without links to them. So each node sees slots under
 * numbers of its own while its links are chosen; a search uses the slot numbers, which gives the same hits every time.
 */
let salt: u32 = 0;

/** Numbers that belong to this slot alone, the same on every machine. */
export function breakTiesFor(slot: u32): void {
  salt = (slot + 1) * 0x9e3779b1 >> 8;
}

export function breakTiesBySlot(): void {
  salt = 0;
}

/** The low half of a slot's key; its lowest bit is free for a mark. */
@inline
export function numberOf(slot: u32): u32 {
  return (slot ^ salt) << 1;
}

@inline
export function slotOf(key: u64): u32 {
  return (<u32>key >> 1) ^ salt;
}
