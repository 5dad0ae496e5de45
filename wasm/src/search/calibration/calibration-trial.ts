import type { VectorIndex } from "@pipit/core";
import { WIDEST_EF } from "../truth/ef-curve.ts";
import { countFound } from "../truth/found-share.ts";
import { type Clock, summarize } from "../truth/search-times.ts";
import type { CalibrationSample } from "./calibration-sample.ts";
import { type EfFound, smallestEf } from "./smallest-ef.ts";

export interface TrialShape {
  readonly m: number;
  readonly efConstruction: number;
}

/** One graph at the least ef that reaches the recall, or at the largest where none does. */
export interface Trial extends TrialShape, EfFound {
  /** Milliseconds a search, the mean of the quickest round. */
  readonly mean: number;
  /** Milliseconds that 99 of 100 searches stay within. */
  readonly p99: number;
  /** Milliseconds to add all rows. */
  readonly buildMs: number;
  /** Held by the index for each row. */
  readonly bytesPerRow: number;
}

export type TrialIndex = Pick<VectorIndex, "add" | "search" | "stats" | "close">;

export interface TrialBench {
  readonly sample: CalibrationSample;
  readonly recall: number;
  readonly k: number;
  readonly clock: Clock;
  build(shape: TrialShape): Promise<TrialIndex>;
  /** Awaited between batches and rounds: throws when the work was aborted. */
  checkpoint(): Promise<void>;
}

const BATCH = 256;
const ROUNDS = 3;

/** Builds, measures and closes one index, also when it fails on the way. */
export async function runTrial(bench: TrialBench, shape: TrialShape): Promise<Trial> {
  const index = await bench.build(shape);
  try {
    const buildMs = await fill(index, bench);
    const range = { least: bench.k, most: Math.max(bench.k, Math.min(WIDEST_EF, bench.sample.rows.length)) };
    const found = await smallestEf((ef) => recallAt(index, bench, ef), bench.recall, range);
    const bytesPerRow = index.stats().bytes / bench.sample.rows.length;
    return { ...shape, ...found, ...(await timeRounds(index, bench, found.ef)), buildMs, bytesPerRow };
  } finally {
    await index.close();
  }
}

async function fill(index: TrialIndex, { sample, clock, checkpoint }: TrialBench): Promise<number> {
  const { rows, vectors } = sample;
  const dimensions = vectors.length / rows.length;
  let ms = 0;
  for (let from = 0; from < rows.length; from += BATCH) {
    await checkpoint();
    const to = Math.min(from + BATCH, rows.length);
    const began = clock();
    await index.add(rows.subarray(from, to), vectors.subarray(from * dimensions, to * dimensions));
    ms += clock() - began;
  }
  return ms;
}

async function recallAt(index: TrialIndex, { sample, k, checkpoint }: TrialBench, ef: number): Promise<number> {
  await checkpoint();
  let found = 0;
  for (const [i, query] of sample.queries.entries()) {
    found += countFound(sample.truths[i]!, await index.search(query, { k, ef }), k, sample.metric);
  }
  return found / (k * sample.queries.length);
}

// The first round is not timed, because the last recall was usually measured at another ef.
async function timeRounds(index: TrialIndex, bench: TrialBench, ef: number) {
  await recallAt(index, bench, ef);
  const times: number[] = [];
  let mean = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    await bench.checkpoint();
    const began = bench.clock();
    for (const query of bench.sample.queries) {
      const asked = bench.clock();
      await index.search(query, { k: bench.k, ef });
      times.push(bench.clock() - asked);
    }
    mean = Math.min(mean, (bench.clock() - began) / bench.sample.queries.length);
  }
  return { mean, p99: summarize(times).p99 };
}
