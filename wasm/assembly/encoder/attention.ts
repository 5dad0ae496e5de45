/**
 * Attention within one text, head by head, on integers of 16 bits: eight products an instruction where f32 has four, with a
 * negligible loss. Queries and keys are scaled to 13 bits by their greatest value in the head (4095 * 4095 * 128 inputs
 * stay below 2^31), values to 15, and a row's weights sum up to 2^15 (16383 * 2^15 stays below 2^30). All products are of the
 * plain instruction i32x4.dot_i16x8_s, so that every build computes the same numbers.
 *
 * A row's weights are divided by the sum of the rounded weights, so that rounding causes no bias.
 */
import { addLanes } from "../shared/lanes";
import { exponential } from "./exponential";

const QUERY_REACH: f32 = 4095;
const VALUE_REACH: f32 = 16383;
const WEIGHT_REACH: f32 = 32767;

/** Rows that are computed together. */
const ROWS: u32 = 4;

// Addresses within the working memory that the caller provides.
let queries: usize = 0;
let keys: usize = 0;
let values: usize = 0;
let scores: usize = 0;
let weights: usize = 0;
let mixed: usize = 0;
let sums: usize = 0;

/** Bytes that `attend` needs for a text of so many tokens. */
export function attentionRoom(tokens: u32, head: u32): u32 {
  const padded = paddedTo4(tokens);
  const wide = paddedTo4(head);
  return padded * wide * 6 + ROWS * padded * 6 + ROWS * wide * 4 + 64;
}

@inline
function paddedTo4(count: u32): u32 {
  return (count + 3) & ~3;
}

/**
 * mix[token, width] f32 from rows of queries, keys and values, each `width` f32, side by side. With `isCausal` a token attends
 * only to itself and to the tokens before it.
 */
export function attend(
  rows: usize, tokens: u32, heads: u32, head: u32, isCausal: u32, room: usize, mix: usize,
): void {
  const width = heads * head;
  layRoom(room, tokens, head);
  for (let h: u32 = 0; h < heads; h++) {
    attendHead(rows + <usize>(h * head << 2), tokens, width, head, isCausal, mix + <usize>(h * head << 2));
  }
}

function layRoom(room: usize, tokens: u32, head: u32): void {
  const padded = paddedTo4(tokens);
  const wide = paddedTo4(head);
  const plane = <usize>padded * wide * 2;
  queries = room;
  keys = queries + plane;
  values = keys + plane;
  scores = values + plane;
  weights = scores + ROWS * padded * 4;
  mixed = weights + ROWS * padded * 2;
  sums = mixed + ROWS * wide * 4;
  memory.fill(room, 0, plane * 3);
}

function attendHead(rows: usize, tokens: u32, width: u32, head: u32, isCausal: u32, mix: usize): void {
  const pitch = <usize>width * 12;
  const keyRows = rows + (<usize>width << 2);
  const valueRows = rows + (<usize>width << 3);
  const queryReach = reachOf(rows, tokens, head, pitch);
  const keyReach = reachOf(keyRows, tokens, head, pitch);
  const valueReach = reachOf(valueRows, tokens, head, pitch);
  const padded = paddedTo4(tokens);
  const wide = paddedTo4(head);
  keepRows(rows, tokens, head, pitch, factorOf(QUERY_REACH, queryReach));
  keepKeys(keyRows, tokens, head, pitch, factorOf(QUERY_REACH, keyReach));
  keepValues(valueRows, tokens, head, pitch, factorOf(VALUE_REACH, valueReach));
  const scale = queryReach / QUERY_REACH * (keyReach / QUERY_REACH) / sqrt(<f32>head);
  const unit = valueReach / VALUE_REACH;
  for (let token: u32 = 0; token < tokens; token += ROWS) {
    products(queries + <usize>token * wide * 2, wide, keys, padded, scores);
    const real = min(ROWS, tokens - token);
    for (let row: u32 = 0; row < ROWS; row++) {
      const seen = isCausal ? min(token + row + 1, tokens) : tokens;
      const sum = weigh(scores + <usize>row * padded * 4, weights + <usize>row * padded * 2, seen, padded, scale);
      store<i32>(sums + (<usize>row << 2), sum);
    }
    products(weights, padded, values, wide, mixed);
    for (let row: u32 = 0; row < real; row++) {
      const factor = unit / <f32>load<i32>(sums + (<usize>row << 2));
      scaleInto(mixed + <usize>row * wide * 4, head, factor, mix + <usize>(token + row) * width * 4);
    }
  }
}

/** The greatest absolute value of a head's rows. */
function reachOf(rows: usize, tokens: u32, head: u32, pitch: usize): f32 {
  let reach = f32x4.splat(0);
  for (let token: u32 = 0; token < tokens; token++) {
    for (let at: usize = 0; at < <usize>head << 2; at += 16) {
      reach = f32x4.pmax(reach, f32x4.abs(v128.load(rows + at)));
    }
    rows += pitch;
  }
  return max(
    max(f32x4.extract_lane(reach, 0), f32x4.extract_lane(reach, 1)),
    max(f32x4.extract_lane(reach, 2), f32x4.extract_lane(reach, 3)),
  );
}

@inline
function factorOf(steps: f32, reach: f32): f32 {
  return reach > 0 ? steps / reach : 0;
}

@inline
function rounded(at: usize, factor: v128): v128 {
  const magic = f32x4.splat(12582912);
  return i32x4.sub(f32x4.add(f32x4.mul(v128.load(at), factor), magic), magic);
}

/** Queries in their order: [token][head] i16. */
function keepRows(rows: usize, tokens: u32, head: u32, pitch: usize, factor: f32): void {
  const four = f32x4.splat(factor);
  const wide = paddedTo4(head);
  for (let token: u32 = 0; token < tokens; token++) {
    for (let at: u32 = 0; at < head; at += 4) {
      const codes = rounded(rows + (<usize>at << 2), four);
      v128.store64_lane(queries + <usize>(token * wide + at) * 2, i16x8.narrow_i32x4_s(codes, codes), 0);
    }
    rows += pitch;
  }
}

/** Keys in pairs of inputs: [head / 2][token][2] i16. */
function keepKeys(rows: usize, tokens: u32, head: u32, pitch: usize, factor: f32): void {
  const four = f32x4.splat(factor);
  const line = <usize>paddedTo4(tokens) << 2;
  for (let token: u32 = 0; token < tokens; token++) {
    for (let at: u32 = 0; at < head; at += 4) {
      const codes = rounded(rows + (<usize>at << 2), four);
      const narrow = i16x8.narrow_i32x4_s(codes, codes);
      const to = keys + line * (at >> 1) + (<usize>token << 2);
      v128.store32_lane(to, narrow, 0);
      v128.store32_lane(to + line, narrow, 1);
    }
    rows += pitch;
  }
}

/** Values in pairs of tokens: [token / 2][head][2] i16. */
function keepValues(rows: usize, tokens: u32, head: u32, pitch: usize, factor: f32): void {
  const four = f32x4.splat(factor);
  const wide = paddedTo4(head);
  const none = i32x4.splat(0);
  for (let token: u32 = 0; token < tokens; token += 2) {
    const isLast = token + 1 == tokens;
    for (let at: u32 = 0; at < head; at += 4) {
      const from = rows + (<usize>at << 2);
      const even = rounded(from, four);
      const odd = isLast ? none : rounded(from + pitch, four);
      // Sixteen bits of each: the even token's in the low half of a lane, the odd one's in the high half.
      const pair = v128.or(v128.and(even, i32x4.splat(0xffff)), i32x4.shl(odd, 16));
      v128.store(values + <usize>((token >> 1) * wide + at) * 4, pair);
    }
    rows += pitch * 2;
  }
}

/** out[4][columns] i32 = 4 rows of `depth` i16 by a plane of pairs [depth / 2][columns][2]. All multiples of 4. */
function products(rows: usize, depth: u32, plane: usize, columns: u32, out: usize): void {
  const pitch = <usize>depth << 1;
  const line = <usize>columns << 2;
  let column: usize = 0;
  for (; column + 16 < line; column += 32) {
    let a = i32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
    let from = plane + column;
    for (let at = rows; at < rows + pitch; at += 4) {
      const left = v128.load(from), right = v128.load(from, 16);
      from += line;
      let pair = v128.load32_splat(at);
      a = i32x4.add(a, i32x4.dot_i16x8_s(left, pair));
      b = i32x4.add(b, i32x4.dot_i16x8_s(right, pair));
      pair = v128.load32_splat(at + pitch);
      c = i32x4.add(c, i32x4.dot_i16x8_s(left, pair));
      d = i32x4.add(d, i32x4.dot_i16x8_s(right, pair));
      pair = v128.load32_splat(at + pitch * 2);
      e = i32x4.add(e, i32x4.dot_i16x8_s(left, pair));
      f = i32x4.add(f, i32x4.dot_i16x8_s(right, pair));
      pair = v128.load32_splat(at + pitch * 3);
      g = i32x4.add(g, i32x4.dot_i16x8_s(left, pair));
      h = i32x4.add(h, i32x4.dot_i16x8_s(right, pair));
    }
    storeTwo(out + column, a, b);
    storeTwo(out + line + column, c, d);
    storeTwo(out + line * 2 + column, e, f);
    storeTwo(out + line * 3 + column, g, h);
  }
  if (column < line) lastProducts(rows, pitch, plane + column, line, out + column);
}

@inline
function storeTwo(to: usize, left: v128, right: v128): void {
  v128.store(to, left);
  v128.store(to, right, 16);
}

function lastProducts(rows: usize, pitch: usize, plane: usize, line: usize, out: usize): void {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (let at = rows; at < rows + pitch; at += 4) {
    const four = v128.load(plane);
    plane += line;
    a = i32x4.add(a, i32x4.dot_i16x8_s(four, v128.load32_splat(at)));
    b = i32x4.add(b, i32x4.dot_i16x8_s(four, v128.load32_splat(at + pitch)));
    c = i32x4.add(c, i32x4.dot_i16x8_s(four, v128.load32_splat(at + pitch * 2)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(four, v128.load32_splat(at + pitch * 3)));
  }
  v128.store(out, a);
  v128.store(out + line, b);
  v128.store(out + line * 2, c);
  v128.store(out + line * 3, d);
}

/**
 * Softmax of one row of scores: f32 in place, then integer weights that sum up to about 2^15, with 0 for masked tokens. Answers
 * the sum of the integer weights.
 */
function weigh(row: usize, to: usize, seen: u32, padded: u32, scale: f32): i32 {
  const last = <usize>(seen - 1) & ~3;
  // A masked score among the last four must not be the greatest.
  for (let at = seen; at < last + 4; at++) store<i32>(row + (at << 2), load<i32>(row));
  const top = greatest(row, last + 4);
  const four = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < last << 2; at += 16) {
    const weight = weightOf(row + at, top, four);
    v128.store(row + at, weight);
    sums = f32x4.add(sums, weight);
  }
  const real = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(seen - <u32>last));
  const weight = v128.and(real, weightOf(row + (last << 2), top, four));
  v128.store(row + (last << 2), weight);
  const factor = f32x4.splat(WEIGHT_REACH / addLanes(f32x4.add(sums, weight)));
  let whole = i32x4.splat(0);
  for (let at: usize = 0; at <= last << 2; at += 16) {
    const codes = rounded(row + at, factor);
    whole = i32x4.add(whole, codes);
    v128.store64_lane(to + (at >> 1), i16x8.narrow_i32x4_s(codes, codes), 0);
  }
  memory.fill(to + ((last + 4) << 1), 0, (padded - last - 4) << 1);
  return (
    i32x4.extract_lane(whole, 0) + i32x4.extract_lane(whole, 1) +
    i32x4.extract_lane(whole, 2) + i32x4.extract_lane(whole, 3)
  );
}

@inline
function weightOf(score: usize, top: v128, scale: v128): v128 {
  return exponential(f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(v128.load(score), top)), scale));
}

/** The greatest of a row of i32, in all lanes. */
@inline
function greatest(row: usize, count: usize): v128 {
  let tops = v128.load(row);
  for (let at: usize = 16; at < count << 2; at += 16) tops = i32x4.max_s(tops, v128.load(row + at));
  return i32x4.splat(max(
    max(i32x4.extract_lane(tops, 0), i32x4.extract_lane(tops, 1)),
    max(i32x4.extract_lane(tops, 2), i32x4.extract_lane(tops, 3)),
  ));
}

/** i32 to f32, by a factor. */
function scaleInto(from: usize, count: u32, factor: f32, to: usize): void {
  const four = f32x4.splat(factor);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    v128.store(to + at, f32x4.mul(f32x4.convert_i32x4_s(v128.load(from + at)), four));
  }
}
