import { type NeighborQuery, PipitError } from "@pipit/core";
import {
  checkedOneOf,
  checkedPositive,
  checkedPositiveShare,
  checkedShare,
  checkedWhole,
} from "../shared/option-check.ts";
import type { Clock } from "./truth/search-times.ts";

/** How vectors are compared: 1 - inner product, the same of vectors scaled to unit length, or squared Euclidean distance. */
export const METRICS = ["inner-product", "cosine", "squared-l2"] as const;
export type Metric = (typeof METRICS)[number];

/** The originals that are kept beside the codes for exact distances. Without originals distances are those of the codes. */
export const ORIGINALS = ["none", "f32", "f16"] as const;
export type Originals = (typeof ORIGINALS)[number];

export interface HnswOptions {
  /** Links that a node gets on each level; level 0 has room for twice as many, at most 126. 4 to 64, default 16. */
  readonly m?: number | undefined;
  /** Size of the candidate list of the walk that finds a new row's neighbours. 1 to 4096, default 128. */
  readonly efConstruction?: number | undefined;
  /**
   * Recall of a search that names neither ef nor target: above 0 to 1, default .99. The index measures on its kept truth which ef
   * reaches it. Until then, and if no ef does, a search measures every row.
   */
  readonly recall?: number | undefined;
  /** Ef of searches that do not name one, in place of a recall, until the index is calibrated. 1 to 65536. */
  readonly ef?: number | undefined;
  /** Milliseconds that a search should take, in place of a recall. Searches that name neither ef nor target then adapt ef between 64 and 512. */
  readonly latency?: number | undefined;
  /** The clock that times searches; default `performance.now()`. In Workers isolates it stands still within a call. */
  readonly clock?: Clock | undefined;
  /** Default "inner-product", for unit vectors, which it does not change. */
  readonly metric?: Metric | undefined;
  /** Default "f32". */
  readonly originals?: Originals | undefined;
  /** Seed of the random levels: the same calls with the same seed build the same graph. */
  readonly seed?: number | undefined;
  /** The most memory of the index; beyond it `add` fails with `storage-full`. Default 4 GiB, the address space of 32 bits. */
  readonly maxBytes?: number | undefined;
}

/**
 * The distances that a graph is built and walked by: those of codes, with originals for the last candidates of a search, or those
 * of f32 originals alone, for sets whose neighbours codes cannot tell apart.
 */
export const MEASURED = ["codes", "originals"] as const;
export type Measured = (typeof MEASURED)[number];

/** The parameters that a graph is built with and keeps. */
export interface GraphShape {
  readonly dimensions: number;
  readonly m: number;
  readonly efConstruction: number;
  readonly metric: Metric;
  readonly originals: Originals;
  readonly measured: Measured;
  readonly seed: number;
}

export interface Parameters extends Omit<GraphShape, "dimensions" | "measured"> {
  readonly recall: number;
  readonly ef: number | undefined;
  readonly latency: number | undefined;
  readonly clock: Clock;
  readonly maxBytes: number;
}

export const MAX_DIMENSIONS = 4096;
/** Default recall of searches. */
export const HELD_RECALL = 0.99;
export const FOUR_GIB = 2 ** 32;
export const SEEDS = [0, 2 ** 32 - 1] as const;
const SMALLEST_MEMORY = 2 ** 19;
export const WIDEST = 65536;

/** Fills in defaults. Throws `bad-input` for options that no graph can have. */
export function completeOptions(options: HnswOptions): Parameters {
  return {
    ...assertShape({ m: options.m ?? 16, efConstruction: options.efConstruction ?? 128 }),
    ef: options.ef === undefined ? undefined : checkedWhole("ef", options.ef, [1, WIDEST]),
    recall: checkedPositiveShare("recall", options.recall ?? HELD_RECALL),
    latency: latencyOf(options),
    clock: options.clock ?? (() => performance.now()),
    metric: checkedOneOf("metric", options.metric ?? "inner-product", METRICS),
    originals: checkedOneOf("originals", options.originals ?? "f32", ORIGINALS),
    seed: checkedWhole("seed", options.seed ?? 1, SEEDS),
    maxBytes: checkedWhole("maxBytes", options.maxBytes ?? FOUR_GIB, [SMALLEST_MEMORY, FOUR_GIB]),
  };
}

/** Throws `bad-input` for parameters that no graph can have. */
export function assertShape({ m, efConstruction }: Pick<GraphShape, "m" | "efConstruction">) {
  return {
    m: checkedWhole("m", m, [4, 64]),
    efConstruction: checkedWhole("efConstruction", efConstruction, [1, 4096]),
  };
}

function latencyOf({ latency }: HnswOptions): number | undefined {
  return latency === undefined ? undefined : checkedPositive("a latency in ms", latency);
}

export function assertDimensions(dimensions: number): void {
  checkedWhole("dimensions", dimensions, [1, MAX_DIMENSIONS]);
}

/** The query options, limited to 32 bits. Throws `bad-input`, whether a walk or a scan would answer. */
export function assertAsked(asked: NeighborQuery): NeighborQuery {
  const { k, ef, target, deadline = 0 } = asked;
  if (target !== undefined) checkedShare("a target", target);
  if (!(deadline >= 0)) throw badDeadline(deadline);
  return { ...asked, k: assertCount("k", k), ef: ef === undefined ? undefined : assertEf(ef) };
}

/** A number of neighbours or candidates, limited to 32 bits. Throws `bad-input`. */
export function assertCount(name: string, count: number): number {
  return Math.min(checkedWhole(name, count, [1, Number.MAX_SAFE_INTEGER]), 2 ** 31);
}

// Beyond WIDEST a walk would measure every row anyway.
function assertEf(ef: number): number {
  return Math.min(checkedWhole("ef", ef, [1, Number.MAX_SAFE_INTEGER]), WIDEST);
}

function badDeadline(deadline: number): PipitError {
  return new PipitError("bad-input", {
    got: `a deadline of ${deadline} ms`,
    expected: "a time from 0",
    do: "Pass another deadline, or none.",
  });
}
