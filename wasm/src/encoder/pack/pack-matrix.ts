/**
 * f32 weights [channels, depth] to panels of s8, symmetric by output channel. In sixteen inputs of a channel the eight weights
 * that are added in one 16-bit lane (inputs 0, 1, 4, 5, 8, 9, 12, 13, and the others) keep their positive and their negative sums
 * within 258, because 127 * 258 fits 16 bits.
 *
 * On the finest scale one lane in fourteen of MiniLM's goes beyond, and clipping its largest weights costs ten times the
 * error of rounding. So each channel takes the scale, coarser where that helps, on which its codes are nearest to its weights
 * after the lanes were bounded: the vectors' cosine to fp32 is then that of weights without the bound.
 */
export interface PackedMatrix {
  /** [channels / 8][depth / 4][8][4] s8. */
  readonly panels: Int8Array<ArrayBuffer>;
  /** For each panel 8 scales, 8 sums of weights times scale, 8 biases. */
  readonly columns: Float32Array<ArrayBuffer>;
}

export interface MatrixToPack {
  /** [channels][depth], row-major. */
  readonly weights: Float32Array;
  /** A bias a channel. */
  readonly bias: Float32Array;
  readonly depth: number;
}

const PANEL = 8;
const STEPS = 127;
const LANE_REACH = 258;
const LANES_SPAN = 16;
/** The places of a lane's weights among sixteen inputs; those of the other lane are two further on. */
const LANE = [0, 1, 4, 5, 8, 9, 12, 13] as const;
const OTHER_LANE = 2;
// Steps by which a scale is made coarser, as long as that brings codes nearer to weights.
const COARSER = 1.05;
const COARSEST = 4;

/** `depth` is a multiple of 16, the number of channels of 8. */
export function packMatrix({ weights, bias, depth }: MatrixToPack): PackedMatrix {
  const channels = bias.length;
  const panels = new Int8Array(channels * depth);
  const columns = new Float32Array(channels * 3);
  for (let channel = 0; channel < channels; channel++) {
    const { codes, scale } = packRow(weights.subarray(channel * depth, (channel + 1) * depth));
    const [panel, place] = [Math.floor(channel / PANEL), channel % PANEL];
    spread(codes, panels.subarray(panel * PANEL * depth, (panel + 1) * PANEL * depth), place);
    const column = columns.subarray(panel * PANEL * 3, (panel + 1) * PANEL * 3);
    column[place] = scale;
    column[PANEL + place] = codes.reduce((sum, code) => sum + code, 0) * scale;
    column[2 * PANEL + place] = bias[channel]!;
  }
  return { panels, columns };
}

interface PackedRow {
  readonly codes: Int8Array;
  readonly scale: number;
  readonly isHeld: boolean;
  /** Sum of squared distances to the weights. */
  readonly error: number;
}

function packRow(row: Float32Array): PackedRow {
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
  for (let from = 0; from < codes.length; from += LANES_SPAN) {
    for (const lane of [from, from + OTHER_LANE]) {
      isHeld = hold(codes, lane, 1) || isHeld;
      isHeld = hold(codes, lane, -1) || isHeld;
    }
  }
  return isHeld;
}

/** Reduces a lane's largest weights of one sign, step by step, until their sum is within the bound. */
function hold(codes: Int8Array, lane: number, sign: 1 | -1): boolean {
  let over = -LANE_REACH;
  for (const at of LANE) over += Math.max(0, codes[lane + at]! * sign);
  if (over <= 0) return false;
  for (; over > 0; over--) codes[lane + largest(codes, lane, sign)]! -= sign;
  return true;
}

function largest(codes: Int8Array, lane: number, sign: 1 | -1): number {
  let found = 0;
  for (const at of LANE) if (codes[lane + at]! * sign > codes[lane + found]! * sign) found = at;
  return found;
}

function spread(codes: Int8Array, panel: Int8Array, place: number): void {
  for (let at = 0; at < codes.length; at++) panel[(at >> 2) * PANEL * 4 + place * 4 + (at & 3)] = codes[at]!;
}
