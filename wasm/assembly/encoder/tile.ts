/**
 * The innermost loop: up to 6 rows of codes by one panel of 8 output channels.
 *
 * A panel holds its weights as [inputs / 4][8 channels][4]: 16 bytes are four inputs of four channels, and one 32-bit load
 * spread over a vector brings the same four inputs of a row. Sums stay in registers; unrolling further makes V8 spill
 * them. The number of rows is a constant of each caller, so that the compiler keeps only the loop of that number.
 *
 * A finished sum becomes f32 at once: y = sum * step * scale + (low * weights' sum + bias), in this order everywhere.
 */
import { CODE_BYTES, FACT_BYTES } from "./codes";
import { DOT_MADDUBS, DOT_RELAXED, dots } from "./dots";

/** Channels of a panel. */
export const PANEL: u32 = 8;
/** Bytes of a panel's column facts: 8 scales, 8 sums of weights times scale, 8 biases, all f32. */
export const COLUMN_BYTES: u32 = 96;
/**
 * The most rows of one pass over a panel: as many as leave registers for loaded values. With one instruction a
 * product that is six; with more of them V8's code for five or six rows is sometimes a seventh slower.
 */
export const MOST_ROWS: u32 = dots == DOT_RELAXED ? 6 : dots == DOT_MADDUBS ? 4 : 3;

// Addresses of a product's operands and result; globals, because a call would have too many parameters.
let codes: usize = 0;
let pitch: usize = 0;
let facts: usize = 0;
let out: usize = 0;
let outPitch: usize = 0;

/** The rows from here on are the next tile's. */
@inline
export function aim(codesAt: usize, codePitch: usize, factsAt: usize, outAt: usize, outRowPitch: usize): void {
  codes = codesAt;
  pitch = codePitch;
  facts = factsAt;
  out = outAt;
  outPitch = outRowPitch;
}

export function oneRow(panel: usize, depth: u32, columns: usize): void { tile(1, panel, depth, columns); }
export function twoRows(panel: usize, depth: u32, columns: usize): void { tile(2, panel, depth, columns); }
export function threeRows(panel: usize, depth: u32, columns: usize): void { tile(3, panel, depth, columns); }
export function fourRows(panel: usize, depth: u32, columns: usize): void { tile(4, panel, depth, columns); }
export function fiveRows(panel: usize, depth: u32, columns: usize): void { tile(5, panel, depth, columns); }
export function sixRows(panel: usize, depth: u32, columns: usize): void { tile(6, panel, depth, columns); }

@inline
function tile(rows: u32, panel: usize, depth: u32, columns: usize): void {
  if (dots == DOT_RELAXED) relaxedTile(rows, panel, depth, columns);
  else if (dots == DOT_MADDUBS) maddubsTile(rows, panel, depth, columns);
  else plainTile(rows, panel, depth, columns);
}

@inline
function relaxedTile(rows: u32, panel: usize, depth: u32, columns: usize): void {
  let a = i32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
  const first = codes, second = first + pitch, third = second + pitch;
  const fourth = third + pitch, fifth = fourth + pitch, sixth = fifth + pitch;
  for (let at: usize = 0; at < <usize>depth; at += 4) {
    const left = v128.load(panel), right = v128.load(panel, 16);
    panel += 32;
    let four = v128.load32_splat(first + at);
    a = i32x4.relaxed_dot_i8x16_i7x16_add_s(left, four, a);
    b = i32x4.relaxed_dot_i8x16_i7x16_add_s(right, four, b);
    if (rows > 1) {
      four = v128.load32_splat(second + at);
      c = i32x4.relaxed_dot_i8x16_i7x16_add_s(left, four, c);
      d = i32x4.relaxed_dot_i8x16_i7x16_add_s(right, four, d);
    }
    if (rows > 2) {
      four = v128.load32_splat(third + at);
      e = i32x4.relaxed_dot_i8x16_i7x16_add_s(left, four, e);
      f = i32x4.relaxed_dot_i8x16_i7x16_add_s(right, four, f);
    }
    if (rows > 3) {
      four = v128.load32_splat(fourth + at);
      g = i32x4.relaxed_dot_i8x16_i7x16_add_s(left, four, g);
      h = i32x4.relaxed_dot_i8x16_i7x16_add_s(right, four, h);
    }
    if (rows > 4) {
      four = v128.load32_splat(fifth + at);
      i = i32x4.relaxed_dot_i8x16_i7x16_add_s(left, four, i);
      j = i32x4.relaxed_dot_i8x16_i7x16_add_s(right, four, j);
    }
    if (rows > 5) {
      four = v128.load32_splat(sixth + at);
      k = i32x4.relaxed_dot_i8x16_i7x16_add_s(left, four, k);
      l = i32x4.relaxed_dot_i8x16_i7x16_add_s(right, four, l);
    }
  }
  finish(0, columns, a, b);
  if (rows > 1) finish(1, columns, c, d);
  if (rows > 2) finish(2, columns, e, f);
  if (rows > 3) finish(3, columns, g, h);
  if (rows > 4) finish(4, columns, i, j);
  if (rows > 5) finish(5, columns, k, l);
}

// One half of the channels after the other: all sums, eight weights and the loaded values do not fit into sixteen registers.
@inline
function maddubsTile(rows: u32, panel: usize, depth: u32, columns: usize): void {
  let a = i32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  const first = codes, second = first + pitch, third = second + pitch, fourth = third + pitch;
  for (let at: usize = 0; at < <usize>depth; at += 16) {
    let w = v128.load(panel), x = v128.load(panel, 32), y = v128.load(panel, 64), z = v128.load(panel, 96);
    a = addSixteen(a, first + at, w, x, y, z);
    if (rows > 1) c = addSixteen(c, second + at, w, x, y, z);
    if (rows > 2) e = addSixteen(e, third + at, w, x, y, z);
    if (rows > 3) g = addSixteen(g, fourth + at, w, x, y, z);
    w = v128.load(panel, 16), x = v128.load(panel, 48), y = v128.load(panel, 80), z = v128.load(panel, 112);
    b = addSixteen(b, first + at, w, x, y, z);
    if (rows > 1) d = addSixteen(d, second + at, w, x, y, z);
    if (rows > 2) f = addSixteen(f, third + at, w, x, y, z);
    if (rows > 3) h = addSixteen(h, fourth + at, w, x, y, z);
    panel += 128;
  }
  finish(0, columns, a, b);
  if (rows > 1) finish(1, columns, c, d);
  if (rows > 2) finish(2, columns, e, f);
  if (rows > 3) finish(3, columns, g, h);
}

/** Sixteen inputs of four channels: each 16-bit lane is the sum of eight products. */
@inline
function addSixteen(sum: v128, code: usize, w: v128, x: v128, y: v128, z: v128): v128 {
  const front = i16x8.add(
    i16x8.relaxed_dot_i8x16_i7x16_s(w, v128.load32_splat(code)),
    i16x8.relaxed_dot_i8x16_i7x16_s(x, v128.load32_splat(code, 4)),
  );
  const back = i16x8.add(
    i16x8.relaxed_dot_i8x16_i7x16_s(y, v128.load32_splat(code, 8)),
    i16x8.relaxed_dot_i8x16_i7x16_s(z, v128.load32_splat(code, 12)),
  );
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(i16x8.add(front, back)));
}

// Each row has four sums, of two channels by two halves of four inputs.
@inline
function plainTile(rows: u32, panel: usize, depth: u32, columns: usize): void {
  let a = i32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
  const first = codes, second = first + pitch, third = second + pitch;
  for (let at: usize = 0; at < <usize>depth << 1; at += 8) {
    const w = v128.load8x8_s(panel), x = v128.load8x8_s(panel, 8);
    const y = v128.load8x8_s(panel, 16), z = v128.load8x8_s(panel, 24);
    panel += 32;
    let four = v128.load64_splat(first + at);
    a = i32x4.add(a, i32x4.dot_i16x8_s(w, four));
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, four));
    c = i32x4.add(c, i32x4.dot_i16x8_s(y, four));
    d = i32x4.add(d, i32x4.dot_i16x8_s(z, four));
    if (rows > 1) {
      four = v128.load64_splat(second + at);
      e = i32x4.add(e, i32x4.dot_i16x8_s(w, four));
      f = i32x4.add(f, i32x4.dot_i16x8_s(x, four));
      g = i32x4.add(g, i32x4.dot_i16x8_s(y, four));
      h = i32x4.add(h, i32x4.dot_i16x8_s(z, four));
    }
    if (rows > 2) {
      four = v128.load64_splat(third + at);
      i = i32x4.add(i, i32x4.dot_i16x8_s(w, four));
      j = i32x4.add(j, i32x4.dot_i16x8_s(x, four));
      k = i32x4.add(k, i32x4.dot_i16x8_s(y, four));
      l = i32x4.add(l, i32x4.dot_i16x8_s(z, four));
    }
  }
  finish(0, columns, addHalves(a, b), addHalves(c, d));
  if (rows > 1) finish(1, columns, addHalves(e, f), addHalves(g, h));
  if (rows > 2) finish(2, columns, addHalves(i, j), addHalves(k, l));
}

/** Two sums of two channels by two halves to one of four channels. */
@inline
function addHalves(a: v128, b: v128): v128 {
  return i32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
}

@inline
function finish(row: u32, columns: usize, left: v128, right: v128): void {
  const step = v128.load32_splat(facts + row * FACT_BYTES);
  const low = v128.load32_splat(facts + row * FACT_BYTES, 4);
  const to = out + outPitch * row;
  v128.store(to, scaled(left, step, low, columns));
  v128.store(to, scaled(right, step, low, columns + 16), 16);
}

@inline
function scaled(sum: v128, step: v128, low: v128, columns: usize): v128 {
  const product = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), step), v128.load(columns));
  return f32x4.add(product, f32x4.add(f32x4.mul(low, v128.load(columns, 32)), v128.load(columns, 64)));
}
