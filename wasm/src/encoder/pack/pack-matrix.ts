import { LANE, lanesOf, overLane, type PackedMatrix, panelsOf } from "../panels.ts";

/**
 * f32 weights [channels, depth] to panels of s8, symmetric by output channel.
 *
 * On the finest scale one lane in fourteen of MiniLM's goes beyond its bound, and clipping its largest weights costs ten times the
 * error of rounding. So each channel takes the scale, coarser where that helps, on which its codes are nearest to its weights
 * after the lanes were bounded: the vectors' cosine to fp32 is then that of weights without the bound.
 */
export interface MatrixToPack {
  /** [channels][depth], row-major. */
  readonly weights: Float32Array;
  /** A bias a channel. */
  readonly bias: Float32Array;
  readonly depth: number;
}

const STEPS = 127;
// Steps by which a scale is made coarser, as long as that brings codes nearer to weights.
const COARSER = 1.05;
const COARSEST = 4;

/** `depth` is a multiple of 16, the number of channels of 8. */
export function packMatrix({ weights, bias, depth }: MatrixToPack): PackedMatrix {
  const rows = Array.from(bias, (shift, channel) => {
    const { codes, scale } = packRow(weights.subarray(channel * depth, (channel + 1) * depth));
    return { codes, scale, bias: shift };
  });
  return panelsOf(rows);
}

export interface PackedRow {
  readonly codes: Int8Array;
  readonly scale: number;
  readonly isHeld: boolean;
  /** Sum of squared distances to the weights. */
  readonly error: number;
}

/** Its length is a multiple of 16. */
export function packRow(row: Float32Array): PackedRow {
  const finest = greatest(row) / STEPS;
  let best = packAt(row, finest);
  if (!best.isHeld) return best;
  for (let coarser = COARSER; coarser < COARSEST; coarser *= COARSER) {
    const other = packAt(row, finest * coarser);
    if (other.error >= best.error) break;
    best = other;
    if (!best.isHeld) break;
  }
  return best;
}

function packAt(row: Float32Array, exact: number): PackedRow {
  const scale = Math.fround(exact);
  const codes = codesOf(row, scale);
  const isHeld = holdLanes(codes);
  let error = 0;
  for (let i = 0; i < row.length; i++) error += (row[i]! - codes[i]! * scale) ** 2;
  return { codes, scale, isHeld, error };
}

function greatest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

function codesOf(row: Float32Array, scale: number): Int8Array {
  const codes = new Int8Array(row.length);
  if (scale === 0) return codes;
  for (let i = 0; i < row.length; i++) codes[i] = Math.max(-STEPS, Math.min(STEPS, Math.round(row[i]! / scale)));
  return codes;
}

/** Whether any code was changed. */
function holdLanes(codes: Int8Array): boolean {
  let isHeld = false;
  for (const lane of lanesOf(codes)) {
    isHeld = hold(codes, lane, 1) || isHeld;
    isHeld = hold(codes, lane, -1) || isHeld;
  }
  return isHeld;
}

/** Reduces a lane's largest weights of one sign, step by step, until their sum is within the bound. */
function hold(codes: Int8Array, lane: number, sign: 1 | -1): boolean {
  const over = overLane(codes, lane, sign);
  for (let left = over; left > 0; left--) codes[lane + largest(codes, lane, sign)]! -= sign;
  return over > 0;
}

function largest(codes: Int8Array, lane: number, sign: 1 | -1): number {
  let found = 0;
  for (const at of LANE) if (codes[lane + at]! * sign > codes[lane + found]! * sign) found = at;
  return found;
}
