import { PipitError } from "@pipit/core";

export interface HnswOptions {
  /** Links a node asks for on each level; level 0 has twice the places. 2 to 64, default 16. */
  readonly m?: number | undefined;
  /** Breadth of the walk that finds a new row's neighbours. 1 to 4096, default 200. */
  readonly efConstruction?: number | undefined;
  /** Breadth of a search that does not name its own. 1 to 65536, default max(64, 2 k). */
  readonly ef?: number | undefined;
  /** The lots for levels are drawn from it: the same calls with the same seed build the same graph. */
  readonly seed?: number | undefined;
  /** What the index may hold in memory; beyond it `add` fails with `storage-full`. Default 4 GiB, all that 32 bits address. */
  readonly maxBytes?: number | undefined;
}

/** What a graph is built by, and keeps for life. */
export interface GraphShape {
  readonly dimensions: number;
  readonly m: number;
  readonly efConstruction: number;
  readonly seed: number;
}

export interface Parameters {
  readonly m: number;
  readonly efConstruction: number;
  readonly ef: number | undefined;
  readonly seed: number;
  readonly maxBytes: number;
}

export const MAX_DIMENSIONS = 65536;
const FOUR_GIB = 2 ** 32;
const SMALLEST_MEMORY = 2 ** 18;
const WIDEST = 65536;

/** Fills in what is not given. Throws `bad-input` for what no graph can be built by. */
export function completeOptions(options: HnswOptions): Parameters {
  return {
    m: within("m", options.m ?? 16, [2, 64]),
    efConstruction: within("efConstruction", options.efConstruction ?? 200, [1, 4096]),
    ef: options.ef === undefined ? undefined : within("ef", options.ef, [1, WIDEST]),
    seed: within("seed", options.seed ?? 1, [0, 2 ** 32 - 1]),
    maxBytes: within("maxBytes", options.maxBytes ?? FOUR_GIB, [SMALLEST_MEMORY, FOUR_GIB]),
  };
}

export function assertDimensions(dimensions: number): void {
  within("dimensions", dimensions, [1, MAX_DIMENSIONS]);
}

/** A breadth of search; beyond WIDEST every row would be looked at anyway. */
export function assertBreadth(ef: number): number {
  return Math.min(within("ef", ef, [1, Number.MAX_SAFE_INTEGER]), WIDEST);
}

/** How many neighbours are wanted, as far as 32 bits can say. */
export function assertWanted(k: number): number {
  return Math.min(within("k", k, [1, Number.MAX_SAFE_INTEGER]), 2 ** 31);
}

function within(name: string, value: number, [least, most]: readonly [number, number]): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new PipitError("bad-input", {
    got: `${name} of ${value}`,
    expected: `a whole number from ${least} to ${most}`,
    do: `Pass another ${name}; nothing was changed.`,
  });
}
