import { exactIndex, type Neighbors, PipitError } from "@pipit/core";
import { checkedWhole } from "../../shared/option-check.ts";
import type { Metric } from "../options.ts";
import { Random } from "../truth/random.ts";

export interface SampleParts {
  /** Row-major [rows, dimensions]; of unit length under cosine. */
  readonly vectors: Float32Array;
  readonly dimensions: number;
  /** The metric of the graph; default inner product. */
  readonly metric?: Metric | undefined;
  /** Real queries, row-major. Without them some of the vectors are held out and asked. */
  readonly queries?: Float32Array | undefined;
  /** Rows that graphs are built of, at most; default 10,000. */
  readonly rows?: number | undefined;
  /** Queries asked, at most; default 200. Of held out vectors at most a tenth of them all. */
  readonly asked?: number | undefined;
  readonly seed?: number | undefined;
}

export interface CalibrationSample {
  /** Row-major. */
  readonly vectors: Float32Array;
  readonly rows: Uint32Array;
  readonly queries: readonly Float32Array[];
  readonly metric: Metric | undefined;
  /** The true k neighbours of each query. */
  readonly truths: readonly Neighbors[];
}

/** Draws rows and queries by chance, no vector as both, and finds the truth by an exact index. Throws `bad-input`. */
export async function drawSample(
  parts: SampleParts,
  k: number,
  checkpoint: () => Promise<void>,
): Promise<CalibrationSample> {
  const { stored, queries } = split(parts);
  if (stored.length < k || queries.length === 0) throw tooFew(stored.length, queries.length, k);
  const { dimensions, metric } = parts;
  const rows = Uint32Array.from(stored.keys());
  const vectors = new Float32Array(stored.length * dimensions);
  for (const [row, vector] of stored.entries()) vectors.set(vector, row * dimensions);
  const nearest = metric === "squared-l2" ? nearestBySquares(stored) : await nearestByProduct(rows, vectors);
  const truths: Neighbors[] = [];
  for (const query of queries) {
    await checkpoint();
    truths.push(await nearest(query, k));
  }
  return { rows, vectors, queries, metric, truths };
}

type Nearest = (query: Float32Array, k: number) => Promise<Neighbors>;

async function nearestByProduct(rows: Uint32Array, vectors: Float32Array): Promise<Nearest> {
  const exact = await exactIndex.create(vectors.length / rows.length);
  await exact.add(rows, vectors);
  return (query, k) => exact.search(query, { k });
}

function nearestBySquares(stored: readonly Float32Array[]): Nearest {
  return async (query, k) => {
    const distances = stored.map((vector) => vector.reduce((sum, x, i) => sum + (x - query[i]!) ** 2, 0));
    const rows = [...stored.keys()].sort((one, other) => distances[one]! - distances[other]! || one - other);
    return {
      rows: Uint32Array.from(rows.slice(0, k)),
      distances: Float32Array.from(rows.slice(0, k), (row) => distances[row]!),
    };
  };
}

function split({ vectors, queries, dimensions, rows = 10_000, asked = 200, seed = 1 }: SampleParts) {
  checkedWhole("dimensions", dimensions, [1, 65536]);
  checkedWhole("rows", rows, [1, Number.MAX_SAFE_INTEGER]);
  checkedWhole("asked", asked, [1, Number.MAX_SAFE_INTEGER]);
  checkedWhole("seed", seed, [0, 2 ** 32 - 1]);
  const random = new Random(seed);
  if (queries) {
    return {
      stored: drawn(vectors, dimensions, lots(random, rows)),
      queries: drawn(queries, dimensions, lots(random, asked)),
    };
  }
  const held = Math.min(asked, Math.ceil(vectors.length / dimensions / 10));
  const all = drawn(vectors, dimensions, lots(random, held + rows));
  return { queries: all.slice(0, held), stored: all.slice(held) };
}

/** Draws so many numbers below a bound, none twice; all of them, in a random order, when there are no more. */
function lots(random: Random, most: number): (bound: number) => Uint32Array {
  return (bound) => {
    const numbers = Uint32Array.from({ length: bound }, (_, i) => i);
    const count = Math.min(most, bound);
    for (let i = 0; i < count; i++) {
      const other = i + random.below(bound - i);
      [numbers[i], numbers[other]] = [numbers[other]!, numbers[i]!];
    }
    return numbers.subarray(0, count);
  };
}

function drawn(matrix: Float32Array, dimensions: number, draw: (bound: number) => Uint32Array): Float32Array[] {
  if (matrix.length % dimensions !== 0) throw ragged(matrix.length, dimensions);
  return Array.from(draw(matrix.length / dimensions), (row) =>
    matrix.subarray(row * dimensions, (row + 1) * dimensions),
  );
}

function ragged(values: number, dimensions: number): PipitError {
  return new PipitError("bad-input", {
    got: `${values} values`,
    expected: `a multiple of ${dimensions}`,
    do: "Pass whole vectors of the dimensions you name.",
  });
}

function tooFew(rows: number, queries: number, k: number): PipitError {
  return new PipitError("bad-input", {
    got: `${rows} vectors to build of and ${queries} to ask`,
    expected: `at least ${k} and 1`,
    do: "Calibrate on more vectors; small sets need no tuning, an exact scan is quick.",
  });
}
