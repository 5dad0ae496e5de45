import type { MemoryExports } from "../shared/kernel-memory.ts";

/** The encoder module's exports, all of numbers: each does one step on addresses; assembly/encoder describes it. */
export interface EncoderExports extends MemoryExports {
  take(bytes: number): number;
  readonly CODE_BYTES: WebAssembly.Global;
  readonly dots: WebAssembly.Global;
  attentionRoom(tokens: number, head: number): number;
  lookUp(ids: number, rows: number, width: number, table: number, scales: number, out: number): void;
  addLookedUp(ids: number, rows: number, width: number, table: number, scales: number, out: number): void;
  encodeRows(values: number, rows: number, width: number, codes: number, facts: number): void;
  lendNormRow(address: number): void;
  normAfter(...numbers: NormNumbers): void;
  normBefore(...numbers: NormNumbers): void;
  multiply(...numbers: MultiplyNumbers): void;
  gelu(values: number, rows: number, width: number, smoothing: number, codes: number, facts: number): void;
  quickGelu(values: number, rows: number, width: number, smoothing: number, codes: number, facts: number): void;
  attend(...numbers: AttendNumbers): void;
  sumRows(rows: number, count: number, width: number, out: number): void;
  toUnitLength(rows: number, count: number, width: number): void;
  centerRows(...numbers: CenterNumbers): void;
  signBits(values: number, count: number, out: number): void;
}

export type NormNumbers = [
  ...[x: number, addend: number, rows: number, width: number, vectors: number, epsilon: number],
  ...[codes: number, facts: number],
];
export type MultiplyNumbers = [
  ...[codes: number, facts: number, rows: number, depth: number],
  ...[panels: number, columns: number, channels: number, out: number],
];
export type AttendNumbers = [
  ...[rows: number, tokens: number, heads: number, head: number],
  ...[isCausal: number, room: number, mix: number],
];
export type CenterNumbers = [
  ...[projected: number, count: number, dimensions: number],
  ...[states: number, width: number, offsets: number],
];

/** The builds by the product of bytes that they use; assembly/encoder/dots.ts has the same numbers. */
export const ENCODER_BUILDS = ["relaxed", "maddubs", "simd"] as const;
export type EncoderBuild = (typeof ENCODER_BUILDS)[number];

/** Of a row's codes: step and low, f32. */
export const FACT_BYTES = 8;
/** Of a channel: scale, sum of weights, bias, f32. */
export const COLUMN_BYTES = 12;
