/**
 * XXH64 with seed 0 over memory, piece by piece: the checksum of a section does not depend on how its bytes are cut. It has four
 * independent lanes of 8 bytes. The module computes one checksum at a time.
 */
const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;

// The rest of the last piece, up to 32 bytes; it lies below everything that modules lay out for themselves.
const REST: usize = 448;
const STRIPE: u32 = 32;

let first: u64 = 0;
let second: u64 = 0;
let third: u64 = 0;
let fourth: u64 = 0;
let total: u64 = 0;
let held: u32 = 0;

export function beginHash(): void {
  first = PRIME_1 + PRIME_2;
  second = PRIME_2;
  third = 0;
  fourth = 0 - PRIME_1;
  total = 0;
  held = 0;
}

export function mixHash(address: usize, bytes: u32): void {
  total += bytes;
  const end = address + bytes;
  let at = address;
  if (held > 0) {
    const filling = min(STRIPE - held, bytes);
    memory.copy(REST + held, at, filling);
    held += filling;
    at += filling;
    if (held < STRIPE) return;
    mixStripes(REST, REST + STRIPE);
  }
  const whole = at + ((end - at) & ~(STRIPE - 1));
  mixStripes(at, whole);
  held = <u32>(end - whole);
  memory.copy(REST, whole, held);
}

/** The sum of all pieces since `beginHash`. */
export function endHash(): u64 {
  let sum = total >= STRIPE ? joined() : PRIME_5;
  sum += total;
  let at: u32 = 0;
  for (; at + 8 <= held; at += 8) {
    sum = rotl(sum ^ round(0, load<u64>(REST + at)), 27) * PRIME_1 + PRIME_4;
  }
  if (at + 4 <= held) {
    sum = rotl(sum ^ (<u64>load<u32>(REST + at) * PRIME_1), 23) * PRIME_2 + PRIME_3;
    at += 4;
  }
  for (; at < held; at++) sum = rotl(sum ^ (<u64>load<u8>(REST + at) * PRIME_5), 11) * PRIME_1;
  sum = (sum ^ (sum >> 33)) * PRIME_2;
  sum = (sum ^ (sum >> 29)) * PRIME_3;
  return sum ^ (sum >> 32);
}

function mixStripes(from: usize, to: usize): void {
  let a = first, b = second, c = third, d = fourth;
  for (let at = from; at < to; at += STRIPE) {
    a = round(a, load<u64>(at));
    b = round(b, load<u64>(at, 8));
    c = round(c, load<u64>(at, 16));
    d = round(d, load<u64>(at, 24));
  }
  first = a;
  second = b;
  third = c;
  fourth = d;
}

function joined(): u64 {
  let sum = rotl(first, 1) + rotl(second, 7) + rotl(third, 12) + rotl(fourth, 18);
  sum = join(sum, first);
  sum = join(sum, second);
  sum = join(sum, third);
  return join(sum, fourth);
}

@inline
function join(sum: u64, lane: u64): u64 {
  return (sum ^ round(0, lane)) * PRIME_1 + PRIME_4;
}

@inline
function round(lane: u64, input: u64): u64 {
  return rotl(lane + input * PRIME_2, 31) * PRIME_1;
}
