import type { Metric } from "../options.ts";
import { type CodeKind, ExactKernel } from "./exact-kernel.ts";

export type QuantizerKind = Exclude<CodeKind, "none">;

/** The loss of codes on the sample that they were trained by; on vectors unlike the sample it is larger. */
export interface QuantizerLoss {
  /** Mean square difference of a vector and its decoded code, over all values. */
  readonly meanSquaredError: number;
  /** Mean cosine of a vector and its decoded code. */
  readonly meanCosine: number;
  /** Share of the ten true neighbours in the sample that a search of codes alone finds, the vector itself left out. */
  readonly recallAt10: number;
}

/** Made once from a sample, then good for all vectors of the same space. */
export interface Quantizer {
  readonly kind: QuantizerKind;
  readonly dimensions: number;
  readonly metric: Metric;
  /** In the kernel's layout. */
  readonly values: Float32Array;
  readonly loss: QuantizerLoss;
}

export interface QuantizerOptions {
  readonly kind: QuantizerKind;
  readonly dimensions: number;
  readonly metric: Metric;
  /** The points that product codes start from are drawn by it. */
  readonly seed: number;
}

const ROUNDS = 12;
const CENTROIDS = 256;
const MARGIN = 1.05;
const LARGEST_CODE = 127;
const FOUR_GIB = 2 ** 32;
const LOSS_QUERIES = 100;
const NEIGHBORS = 10;

/**
 * Calibrates int8 (each dimension's range in the sample, a twentieth wider), bit (each dimension's mean) or product codes
 * (256 centroids for each eight dimensions, by k-means), and measures what they lose. `sample` is row-major, at least one
 * vector, all of them checked; the same sample and seed give the same numbers on every machine.
 */
export function trainQuantizer(module: WebAssembly.Module, options: QuantizerOptions, sample: Float32Array): Quantizer {
  const { kind, dimensions, metric } = options;
  const given = metric === "cosine" ? unitRows(sample, dimensions) : sample;
  const kernel = new ExactKernel(module, { dimensions, codes: kind, originals: "none", metric }, FOUR_GIB);
  if (kind === "pq") trainProduct(kernel, given, options.seed);
  else kernel.writeQuantizer((kind === "int8" ? rangesOf : meansOf)(given, kernel));
  fill(kernel, given);
  return { kind, dimensions, metric, values: kernel.readQuantizer(), loss: lossOf(module, kernel, given) };
}

function rangesOf(sample: Float32Array, { shape, paddedDimensions }: ExactKernel): Float32Array {
  const values = new Float32Array(2 * paddedDimensions);
  for (let i = 0; i < shape.dimensions; i++) {
    let [least, most] = [sample[i]!, sample[i]!];
    for (let at = i; at < sample.length; at += shape.dimensions) {
      least = Math.min(least, sample[at]!);
      most = Math.max(most, sample[at]!);
    }
    values[i] = (least + most) / 2;
    values[paddedDimensions + i] = (((most - least) / 2) * MARGIN) / LARGEST_CODE;
  }
  return values;
}

function meansOf(sample: Float32Array, { shape, paddedDimensions }: ExactKernel): Float32Array {
  const sums = new Float64Array(paddedDimensions);
  for (let at = 0; at < sample.length; at++) sums[at % shape.dimensions]! += sample[at]!;
  const count = sample.length / shape.dimensions;
  return Float32Array.from(sums, (sum) => sum / count);
}

function trainProduct(kernel: ExactKernel, sample: Float32Array, seed: number): void {
  const { shape, paddedDimensions } = kernel;
  const count = sample.length / shape.dimensions;
  const points = new Float32Array(count * paddedDimensions);
  for (let i = 0; i < count; i++) points.set(rowOf(sample, i, shape.dimensions), i * paddedDimensions);
  kernel.trainProduct(points, drawn(count, seed), ROUNDS);
}

/** Numbers of 256 points, no point twice as long as there are enough. */
function drawn(count: number, seed: number): Uint32Array {
  const random = lots(seed);
  const numbers = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < Math.min(CENTROIDS, count); i++) {
    const other = i + Math.floor(random() * (count - i));
    [numbers[i], numbers[other]] = [numbers[other]!, numbers[i]!];
  }
  return Uint32Array.from({ length: CENTROIDS }, (_, i) => numbers[i % count]!);
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function lots(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function unitRows(sample: Float32Array, dimensions: number): Float32Array {
  const unit = sample.slice();
  for (let start = 0; start < unit.length; start += dimensions) {
    const row = unit.subarray(start, start + dimensions);
    const length = Math.sqrt(dot(row, row));
    for (let i = 0; i < dimensions; i++) row[i]! /= length;
  }
  return unit;
}

function fill(kernel: ExactKernel, sample: Float32Array): void {
  const { dimensions } = kernel.shape;
  const count = sample.length / dimensions;
  kernel.reserve(count);
  for (let from = 0; from < count; from += kernel.batch) {
    const to = Math.min(from + kernel.batch, count);
    const slots = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    kernel.put({ rows: slots, slots, vectors: sample.subarray(from * dimensions, to * dimensions) });
  }
}

function lossOf(module: WebAssembly.Module, coded: ExactKernel, sample: Float32Array): QuantizerLoss {
  const { dimensions, metric } = coded.shape;
  const truth = new ExactKernel(module, { dimensions, codes: "none", originals: "f32", metric }, FOUR_GIB);
  fill(truth, sample);
  const count = sample.length / dimensions;
  let [squares, cosines] = [0, 0];
  for (let i = 0; i < count; i++) {
    const [vector, code] = [rowOf(sample, i, dimensions), coded.decode(i, "codes")];
    const [own, other, product] = [dot(vector, vector), dot(code, code), dot(vector, code)];
    squares += Math.max(0, own - 2 * product + other);
    cosines += other > 0 ? product / Math.sqrt(own * other) : 0;
  }
  return {
    meanSquaredError: squares / sample.length,
    meanCosine: cosines / count,
    recallAt10: recallOf(coded, truth, sample),
  };
}

function recallOf(coded: ExactKernel, truth: ExactKernel, sample: Float32Array): number {
  const { dimensions } = coded.shape;
  const count = sample.length / dimensions;
  const queries = Math.min(LOSS_QUERIES, count);
  let [found, total] = [0, 0];
  for (let i = 0; i < queries; i++) {
    const number = Math.floor((i * count) / queries);
    const expected = new Set(neighborsOf(truth, number, rowOf(sample, number, dimensions)));
    for (const row of neighborsOf(coded, number, rowOf(sample, number, dimensions))) if (expected.has(row)) found++;
    total += expected.size;
  }
  return total > 0 ? found / total : 1;
}

function neighborsOf(kernel: ExactKernel, self: number, vector: Float32Array): number[] {
  const { rows } = kernel.search(vector, { k: NEIGHBORS + 1, ef: 0 });
  return [...rows].filter((row) => row !== self).slice(0, NEIGHBORS);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function rowOf(vectors: Float32Array, row: number, dimensions: number): Float32Array {
  return vectors.subarray(row * dimensions, (row + 1) * dimensions);
}
