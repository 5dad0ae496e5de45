import { exactIndex } from "@pipit/core";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { below, rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { type SampledQuery, sampledQuery, type TruthSource } from "./sampled-query.ts";
import { fold } from "./section-bytes.ts";
import { readTruth, type TruthState, writeTruth } from "./truth-bytes.ts";
import { TruthSample } from "./truth-sample.ts";

const D = 4;
const vectors = uniformVectors(seeded(71), 300, D);
const queries = uniformVectors(seeded(72), 200, D);
const exact = await exactIndex.create(D);
await exact.add(rowsFrom(0, 300), vectors);
const scans: Float32Array[] = [];
const source: TruthSource = {
  count: () => 300,
  scan: (query, k) => {
    scans.push(query);
    return exact.search(query, { k });
  },
  draw: (random) => {
    const row = random.below(300);
    return { row, vector: rowAt(vectors, row, D) };
  },
};
const search = (query: Float32Array, k: number) => exact.search(query, { k });

/** Five asked queries and three stand-ins, six of them with truths, and a curve. */
async function sampleOfEight(): Promise<TruthSample> {
  const truth = TruthSample.create(source, { dimensions: D, size: 8 });
  for (let i = 0; i < 5; i++) truth.observe(rowAt(queries, i, D));
  await truth.measureCurve(search, { target: 1, clock: () => 0, scans: 6 });
  return truth;
}

describe("a saved sample", () => {
  test("is the same bytes when saved again after opening", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    expect(TruthSample.fromBytes(bytes, source, D).toBytes()).toEqual(bytes);
  });

  test("opens with its truths, which need no scan", async () => {
    const opened = TruthSample.fromBytes((await sampleOfEight()).toBytes(), source, D);
    scans.length = 0;
    expect(await opened.recall(search, { scans: 0 })).toEqual({ recall: 1, k: 10, queries: 6, stale: 2 });
    expect(scans).toEqual([]);
  });

  test("opens with its curve", async () => {
    const truth = await sampleOfEight();
    expect(TruthSample.fromBytes(truth.toBytes(), source, D).curve).toEqual(truth.curve);
  });

  test("opens without a curve when it had none", () => {
    const truth = TruthSample.create(source, { dimensions: D });
    expect(TruthSample.fromBytes(truth.toBytes(), source, D).curve).toBeUndefined();
  });

  test("draws after opening as the one that was saved", async () => {
    const truth = await sampleOfEight();
    const twin = TruthSample.fromBytes(truth.toBytes(), source, D);
    for (const each of [truth, twin]) {
      for (let i = 5; i < 200; i++) each.observe(rowAt(queries, i, D));
    }
    expect(twin.toBytes()).toEqual(truth.toBytes());
  });

  test("remembers how much was added since each scan", async () => {
    const truth = await sampleOfEight();
    truth.noteAdded(Uint32Array.of(1001, 1002, 1003));
    const opened = TruthSample.fromBytes(truth.toBytes(), source, D);
    opened.noteAdded(Uint32Array.of(1004));
    expect(await opened.recall(search, { scans: 0 })).toMatchObject({ queries: 0, stale: 8 });
  });

  test("opens from anywhere in a larger buffer", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    const shifted = new Uint8Array(bytes.length + 7);
    shifted.set(bytes, 3);
    expect(TruthSample.fromBytes(shifted.subarray(3, 3 + bytes.length), source, D).toBytes()).toEqual(bytes);
  });

  test("keeps a stand-in of row 0 a stand-in", () => {
    const standIns = [sampledQuery(rowAt(vectors, 0, D), 0)];
    expect(readTruth(writeTruth({ ...state, standIns }), D).standIns).toEqual(standIns);
  });
});

describe("refused with bad-snapshot", () => {
  test("a sample torn anywhere", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    for (let length = 0; length < bytes.length; length++) expectRefused(bytes.subarray(0, length), /./);
  });

  test("a sample with any bit flipped", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    const random = seeded(73);
    for (let round = 0; round < 300; round++) {
      const flipped = bytes.slice();
      flipped[below(random, bytes.length)]! ^= 1 << below(random, 8);
      expectRefused(flipped, /./);
    }
  });

  test("any word changed with a right checksum, or it is harmless", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    const random = seeded(74);
    const codes = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const changed = bytes.slice();
      new DataView(changed.buffer).setUint32(
        12 + 4 * below(random, bytes.length / 4 - 3),
        below(random, 2 ** 32),
        true,
      );
      codes.add(await codeOf(sign(changed)));
    }
    expect([...codes].sort()).toEqual(["bad-snapshot", "harmless"]);
  });

  test("foreign bytes", () => {
    expectRefused(new Uint8Array(400), /does not begin with PIPT/);
  });

  test("a later version, politely", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    new DataView(bytes.buffer).setUint32(4, 2, true);
    expectRefused(bytes, /got v2, expected v1/);
  });

  test("a sample of other dimensions", async () => {
    const bytes = (await sampleOfEight()).toBytes();
    expect(() => TruthSample.fromBytes(bytes, source, D + 1)).toThrow(/queries of 4 values, expected 5/);
  });

  test("bytes after the end", () => {
    const bytes = writeTruth(state);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expectRefused(sign(longer), /bytes after the end/);
  });

  const query = rowAt(queries, 0, D).slice();
  const ranked = { rows: Uint32Array.of(4, 5), distances: Float32Array.of(0.1, 0.2) };
  const asked = (changes: Partial<SampledQuery>) => ({
    ...{ seen: 1, scans: 1 },
    asked: [{ query, row: undefined, truth: ranked, scan: 1, added: 0, ...changes }],
  });
  const far = (...distances: number[]) => asked({ truth: { ...ranked, distances: Float32Array.from(distances) } });
  const curve = (changes: object, point: object = {}) => ({
    curve: {
      ...{ k: 10, count: 9, exhausted: false },
      points: [{ ef: 10, recall: 0.5, median: 1, p99: 2, ...point }],
      ...changes,
    },
  });
  const [first, second] = [
    { ef: 10, recall: 0.5, median: 1, p99: 2 },
    { ef: 10, recall: 0.6, median: 1, p99: 2 },
  ];
  const wrong: [string, Partial<TruthState>, RegExp][] = [
    ["a size of 0", { size: 0 }, /got 0, expected 1 to 4096/],
    ["a size beyond the most", { size: 5000 }, /got 5000, expected 1 to 4096/],
    ["a depth of 0", { depth: 0 }, /got 0, expected 1 to 1000/],
    ["a drift beyond 1", { drift: 2 }, /a share of 2/],
    ["a drift of NaN", { drift: Number.NaN }, /a share of NaN/],
    ["a broken count of queries seen", { seen: 0.5 }, /a count of 0.5/],
    ["a count of scans below 0", { scans: -1 }, /a count of -1/],
    ["fewer queries than were seen", { seen: 3 }, /got 0 queries, expected those of 3 seen/],
    ["more stand-ins than there is room for", { size: 1, ...tooMany() }, /got 2 stand-ins, expected at most 1/],
    ["a query of NaN", asked({ query: query.map(() => Number.NaN) }), /without direction/],
    ["a query of zeros", asked({ query: query.map(() => 0) }), /without direction/],
    ["a query of infinity", asked({ query: query.map(() => Number.POSITIVE_INFINITY) }), /without direction/],
    ["an asked query of a row", asked({ row: 7 }), /an asked query of row 7/],
    ["a scan that was not made", asked({ scan: 2 }), /got scan 2, expected one of 1/],
    ["a broken count of rows added", asked({ added: 0.5 }), /a count of 0.5/],
    ["more neighbours than its depth", { depth: 1, ...asked({}) }, /got 2 neighbours, expected at most 1/],
    ["a neighbour twice", asked({ truth: { ...ranked, rows: Uint32Array.of(4, 4) } }), /a neighbour twice/],
    ["distances that fall", far(0.2, 0.1), /distances that do not rise/],
    ["a distance of NaN", far(0.1, Number.NaN), /distances that do not rise/],
    ["an endless distance", far(0.1, Number.POSITIVE_INFINITY), /distances that do not rise/],
    ["a curve of k 0", curve({ k: 0 }), /got 0, expected 1 to 1000/],
    ["a curve of a broken count", curve({ count: 1.5 }), /a count of 1.5/],
    ["a curve below its k", curve({}, { ef: 9 }), /got ef 9, expected a whole one above 9/],
    ["a curve whose ef does not rise", curve({ points: [first, second] }), /got ef 10, expected a whole one above 10/],
    ["a curve of a broken ef", curve({}, { ef: 10.5 }), /got ef 10.5/],
    ["a curve beyond 4096", curve({}, { ef: 5000 }), /got ef 5000/],
    ["a recall beyond 1", curve({}, { recall: 1.1 }), /a share of 1.1/],
    ["a median below 0", curve({}, { median: -1 }), /times of -1 and 2 ms/],
    ["a p99 below the median", curve({}, { p99: 0.5 }), /times of 1 and 0.5 ms/],
    ["an endless p99", curve({}, { p99: Number.POSITIVE_INFINITY }), /times of 1 and Infinity ms/],
  ];
  test.each(wrong)("%s", (_, changes, message) => {
    expectRefused(writeTruth({ ...state, ...changes }), message);
  });

  test("a mark of exhaustion that is neither 0 nor 1", () => {
    const bytes = writeTruth({ ...state, ...curve({}) });
    const pointBytes = 32;
    new DataView(bytes.buffer).setUint32(bytes.length - pointBytes - 4, 2, true);
    expectRefused(sign(bytes), /got 2, expected 0 to 1/);
  });
});

const state: TruthState = {
  ...{ dimensions: D, size: 8, depth: 10, random: 1, drift: 0.01, seen: 0, scans: 0 },
  ...{ asked: [], standIns: [], curve: undefined },
};

function tooMany(): Partial<TruthState> {
  return { standIns: [0, 1].map((row) => sampledQuery(rowAt(vectors, row, D), row)) };
}

/** Gives changed bytes a checksum that is right for them, as bytes made with intent would have. */
function sign(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  new DataView(bytes.buffer).setUint32(8, fold(bytes.subarray(12)), true);
  return bytes;
}

function expectRefused(bytes: Uint8Array, message: RegExp): void {
  const refusal = expect.objectContaining({ code: "bad-snapshot", message: expect.stringMatching(message) });
  expect(() => readTruth(bytes, D)).toThrow(refusal);
}

async function codeOf(bytes: Uint8Array): Promise<string> {
  try {
    const opened = TruthSample.fromBytes(bytes, source, D);
    opened.observe(rowAt(queries, 9, D));
    opened.noteAdded(Uint32Array.of(1, 2));
    const { recall = 0 } = await opened.recall(search);
    opened.efFor(0.9);
    TruthSample.fromBytes(opened.toBytes(), source, D);
    return recall >= 0 && recall <= 1 ? "harmless" : `a recall of ${recall}`;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
