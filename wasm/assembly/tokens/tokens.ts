/**
 * Late interaction: each token of a query, f32, takes its best token of a document, of which a bit a dimension is kept.
 *
 * The product of a query's token with signs is a sum of its values, each added or subtracted. For each four dimensions a table holds
 * that sum for all 16 patterns of signs, for four query tokens in a vector: 32 loads and additions compare a token of
 * 128 bits with four query tokens, and the tables of four query tokens fit the first cache.
 */
import { addLanes } from "../shared/lanes";
import { beginAt, borrow } from "../shared/memory";
export { beginHash, endHash, mixHash } from "../shared/hash";

const NIBBLE_BYTES: usize = 256;

let isBegun = false;

/** An address with room for so many bytes, valid until the next call, or 0 when memory cannot grow. */
export function stage(bytes: u32): usize {
  // Below lies the state of hashing.
  if (!isBegun) beginAt(__heap_base);
  isBegun = true;
  return borrow(bytes);
}

/** Tables of the values [nibbles][4][4 query tokens] f32, one of 16 vectors for each nibble. */
export function fillTables(values: usize, nibbles: u32, tables: usize): void {
  for (let nibble: u32 = 0; nibble < nibbles; nibble++) {
    for (let pattern: u32 = 0; pattern < 16; pattern++) {
      const first = f32x4.add(signed(values, pattern, 0), signed(values, pattern, 1));
      const second = f32x4.add(signed(values, pattern, 2), signed(values, pattern, 3));
      v128.store(tables + (<usize>pattern << 4), f32x4.add(first, second));
    }
    values += 64;
    tables += NIBBLE_BYTES;
  }
}

@inline
function signed(values: usize, pattern: u32, bit: u32): v128 {
  const value = v128.load(values + (<usize>bit << 4));
  return (pattern >> bit) & 1 ? value : f32x4.neg(value);
}

/**
 * out[document] += sum over four query tokens of weight * greatest product, for documents of `counts` tokens each, one after another. A
 * document without tokens stays as it is.
 */
export function addBest(
  tables: usize, weights: usize, tokenBytes: u32, bits: usize, counts: usize, documents: u32, out: usize,
): void {
  const four = v128.load(weights);
  for (let document: u32 = 0; document < documents; document++) {
    const count = load<u32>(counts);
    let best = f32x4.splat(-f32.MAX_VALUE);
    for (let token: u32 = 0; token < count; token++) {
      best = f32x4.pmax(best, product(tables, bits, tokenBytes));
      bits += tokenBytes;
    }
    if (count > 0) store<f32>(out, load<f32>(out) + addLanes(f32x4.mul(best, four)));
    counts += 4;
    out += 4;
  }
}

@inline
function product(tables: usize, bits: usize, tokenBytes: u32): v128 {
  let lower = f32x4.splat(0);
  let upper = f32x4.splat(0);
  for (let at: u32 = 0; at < tokenBytes; at++) {
    const byte = load<u8>(bits + at);
    lower = f32x4.add(lower, v128.load(tables + <usize>((byte & 15) << 4)));
    upper = f32x4.add(upper, v128.load(tables + <usize>(byte & 240), NIBBLE_BYTES));
    tables += NIBBLE_BYTES * 2;
  }
  return f32x4.add(lower, upper);
}
