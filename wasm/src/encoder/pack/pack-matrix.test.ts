import { below, type Random, seeded } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { packMatrix } from "./pack-matrix.ts";

const seed = Number(process.env.PIPIT_SEED ?? 61);
const [DEPTH, CHANNELS] = [64, 32];

interface Row {
  readonly codes: Int8Array;
  readonly scale: number;
  readonly sum: number;
  readonly bias: number;
}

/** Packed channels, read as the kernel's tile reads them: panels of 8 channels, four inputs of each side by side. */
function packed(weights: Float32Array, biases = new Float32Array(CHANNELS)): Row[] {
  const { panels, columns } = packMatrix({ weights, bias: biases, depth: DEPTH });
  return Array.from({ length: CHANNELS }, (_, channel) => {
    const [panel, place] = [channel >> 3, channel & 7];
    const at = (input: number) => panel * DEPTH * 8 + (input >> 2) * 32 + place * 4 + (input & 3);
    const [scale = 0, sum = 0, bias = 0] = [0, 8, 16].map((part) => columns[panel * 24 + part + place]!);
    return { codes: Int8Array.from({ length: DEPTH }, (_, input) => panels[at(input)]!), scale, sum, bias };
  });
}

/** Of eight weights that meet in 16 bits, how far the positive and the negative ones reach. */
function laneReach(codes: Int8Array): number {
  let most = 0;
  for (let from = 0; from < codes.length; from += 16) {
    for (const lane of [from, from + 2]) {
      const met = [0, 1, 4, 5, 8, 9, 12, 13].map((at) => codes[lane + at]!);
      const sum = (sign: number) => met.reduce((total, code) => total + Math.max(0, sign * code), 0);
      most = Math.max(most, sum(1), sum(-1));
    }
  }
  return most;
}

const filled = (weight: (i: number, random: Random) => number) => {
  const random = seeded(seed);
  return Float32Array.from({ length: DEPTH * CHANNELS }, (_, i) => weight(i, random));
};

const matrices: Record<string, Float32Array> = {
  "the same weight everywhere": filled(() => 0.5),
  "the same negative weight everywhere": filled(() => -127),
  "signs that alternate": filled((i) => (i & 1 ? 1 : -1)),
  "signs that alternate by lanes": filled((i) => (i & 2 ? 1 : -1)),
  "signs that alternate by fours": filled((i) => (i & 4 ? 3 : -3)),
  "one lane's weights large, all others small": filled((i) => (i % 16 < 14 && (i & 2) === 0 ? 1 : 0.001)),
  zeros: filled(() => 0),
  "one huge weight": filled((i) => (i % DEPTH === 5 ? 1e30 : 1e-3)),
  "one huge weight in each lane": filled((i) => (i % 16 === 0 ? 1e9 : 1)),
  "weights too small for a scale": filled(() => 1e-45),
  "the largest floats": filled((i) => (i & 1 ? 3.4e38 : -3.4e38)),
  noise: filled((_, random) => random() - 0.5),
  "noise of one sign": filled((_, random) => random()),
  "noise of two magnitudes": filled((_, random) => (random() - 0.5) * (random() < 0.1 ? 100 : 1)),
  "weights at both ends of the range": filled((_, random) => (random() < 0.5 ? 1 : -1)),
};

describe.each(Object.keys(matrices))("a matrix of %s", (name) => {
  const rows = packed(matrices[name]!);

  test("has no lane that overflows 16 bits", () => {
    for (const { codes } of rows) expect(laneReach(codes)).toBeLessThanOrEqual(258);
  });

  test("has the sum of its weights beside them, for inputs that do not begin at zero", () => {
    for (const { codes, scale, sum } of rows) {
      const exact = codes.reduce((total, code) => total + code, 0) * scale;
      expect(Math.abs(sum - exact)).toBeLessThanOrEqual(Math.abs(exact) * 1e-6);
    }
  });

  test("has finite scales", () => {
    for (const { scale } of rows) expect(Number.isFinite(scale) && scale >= 0).toBe(true);
  });
});

test("weights whose lanes have room come back within half a step", () => {
  // Of a lane's eight one may be large.
  const weights = filled((i, random) => (random() - 0.5) * (i % 16 === 0 ? 1 : 0.1));
  for (const [channel, { codes, scale }] of packed(weights).entries()) {
    const row = weights.subarray(channel * DEPTH, (channel + 1) * DEPTH);
    const greatest = row.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    expect(scale).toBeCloseTo(greatest / 127, 8);
    for (const [i, code] of codes.entries())
      expect(Math.abs(row[i]! - code * scale)).toBeLessThanOrEqual(scale * 0.5001);
  }
});

test("where lanes are held, a coarser scale costs less than cutting would", () => {
  const weights = filled(() => 1);
  for (const { codes, scale } of packed(weights))
    for (const code of codes) expect(Math.abs(1 - code * scale)).toBeLessThan(0.3);
});

test("a scale stays as fine as it is where a coarser one would cost more than a small cut", () => {
  // Whole steps, of which one lane has two too many.
  const weights = filled((i, random) => {
    const at = i % DEPTH;
    if (at % 16 !== 0 && at < 16) return at === 1 ? 127 : at === 4 ? 6 : 0;
    return at === 0 ? 127 : 1 + below(random, 30);
  });
  for (const [channel, { codes, scale }] of packed(weights).entries()) {
    expect(scale).toBe(1);
    const row = weights.subarray(channel * DEPTH, (channel + 1) * DEPTH);
    expect(codes.reduce((sum, code, i) => sum + Math.abs(row[i]! - code), 0)).toBe(2);
  }
});

test("what is held is taken from the largest weights alone", () => {
  const weights = filled((i) => (i % 16 === 0 ? 1 : i % 16 < 14 && (i & 2) === 0 ? 0.5 : 0.01));
  const { codes, scale } = packed(weights)[0]!;
  for (const [i, code] of codes.entries())
    if (weights[i]! < 0.1) expect(Math.abs(weights[i]! - code * scale)).toBeLessThanOrEqual(scale * 0.5001);
});

test("each channel has its own scale and bias, in its own place", () => {
  const weights = filled((i) => (1 + Math.floor(i / DEPTH)) * (i % 16 === 0 ? 1 : 0.1));
  const biases = Float32Array.from({ length: CHANNELS }, (_, channel) => channel - 7.5);
  for (const [channel, { scale, bias }] of packed(weights, biases).entries()) {
    expect(bias).toBe(channel - 7.5);
    expect(scale).toBeCloseTo((1 + channel) / 127, 6);
  }
});

test("a weight lies where the kernel reads its input", () => {
  const random = seeded(seed + 1);
  for (let times = 0; times < 40; times++) {
    const [channel, input] = [below(random, CHANNELS), below(random, DEPTH)];
    const weights = new Float32Array(DEPTH * CHANNELS);
    weights[channel * DEPTH + input] = 2;
    const { codes } = packed(weights)[channel]!;
    expect(codes.indexOf(127)).toBe(input);
    expect(codes.filter((code) => code !== 0)).toHaveLength(1);
  }
});
