/**
 * A 64-bit checksum of staged bytes. Each step is a bijection of the state for a given word and of the word for a given
 * state, so a change within one word is always noticed and any other with all but 1 in 2^64.
 */
let state: u64 = 0;

export function beginHash(): void {
  state = 0x9e3779b97f4a7c15;
}

/** `bytes` is a multiple of 8. */
export function mix(address: usize, bytes: u32): void {
  let hash = state;
  for (let i: u32 = 0; i < bytes; i += 8) {
    hash = rotl(hash ^ load<u64>(address + i), 29) * 0xbf58476d1ce4e5b9;
  }
  state = hash;
}

export function endHash(): u64 {
  return (state ^ (state >> 32)) * 0x94d049bb133111eb;
}
