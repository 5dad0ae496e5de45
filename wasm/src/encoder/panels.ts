/**
 * Matrices of s8 as the kernel multiplies by them: output channels in panels of eight. In sixteen inputs of a channel the eight
 * weights that are added in one 16-bit lane (inputs 0, 1, 4, 5, 8, 9, 12, 13, and the others) keep their positive and their negative
 * sums within 258, because 127 * 258 fits 16 bits.
 */
export interface PackedMatrix {
  /** [channels / 8][depth / 4][8][4] s8. */
  readonly panels: Int8Array<ArrayBuffer>;
  /** For each panel 8 scales, 8 sums of weights times scale, 8 biases. */
  readonly columns: Float32Array<ArrayBuffer>;
}

/** The weights of one output channel. */
export interface PanelRow {
  /** The length is a multiple of 16. */
  readonly codes: Int8Array;
  readonly scale: number;
  readonly bias: number;
}

const PANEL = 8;
export const LANE_REACH = 258;
export const LANES_SPAN = 16;
/** The places of a lane's weights among sixteen inputs; those of the other lane are two further on. */
export const LANE = [0, 1, 4, 5, 8, 9, 12, 13] as const;
export const OTHER_LANE = 2;

/** `rows` are of equal length, and their number is a multiple of 8. */
export function panelsOf(rows: readonly PanelRow[]): PackedMatrix {
  const depth = rows[0]!.codes.length;
  const panels = new Int8Array(rows.length * depth);
  const columns = new Float32Array(rows.length * 3);
  for (const [channel, { codes, scale, bias }] of rows.entries()) {
    const [panel, place] = [Math.floor(channel / PANEL), channel % PANEL];
    spread(codes, panels.subarray(panel * PANEL * depth, (panel + 1) * PANEL * depth), place);
    const column = columns.subarray(panel * PANEL * 3, (panel + 1) * PANEL * 3);
    column[place] = scale;
    column[PANEL + place] = codes.reduce((sum, code) => sum + code, 0) * scale;
    column[2 * PANEL + place] = bias;
  }
  return { panels, columns };
}

function spread(codes: Int8Array, panel: Int8Array, place: number): void {
  for (let at = 0; at < codes.length; at++) panel[(at >> 2) * PANEL * 4 + place * 4 + (at & 3)] = codes[at]!;
}

/** By how much the weights of one sign go beyond a lane's bound; 0 or less if they fit. `lane` is the index of its first weight. */
export function overLane(codes: Int8Array, lane: number, sign: 1 | -1): number {
  let over = -LANE_REACH;
  for (const at of LANE) over += Math.max(0, codes[lane + at]! * sign);
  return over;
}

/** The index of each lane's first weight. */
export function lanesOf(codes: Int8Array): number[] {
  const starts = Array.from({ length: codes.length / LANES_SPAN }, (_, i) => i * LANES_SPAN);
  return starts.flatMap((from) => [from, from + OTHER_LANE]);
}
