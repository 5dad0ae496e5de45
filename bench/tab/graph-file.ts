import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { loadHnswIndex } from "@pipit/wasm/node";
import type { Log } from "../bench.ts";
import { type Clusters, clusteredChunks } from "../clustered-chunks.ts";
import { writeOnce } from "../row-files.ts";
import { Truth } from "../truth.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench", import.meta.url));
const THREADS = 2;
const QUERIES = 1000;
/** The number of queries that recall is measured with: each is compared with every vector. */
const JUDGED = 100;

/** A graph of seeded vectors as a snapshot in a file. */
export interface GraphFile {
  readonly name: string;
  readonly dimensions: number;
  readonly path: string;
  /** Row-major; none of them is in the graph. */
  readonly queries: Float32Array;
  /** Exact neighbours of the first queries, nearest first: `k` per query. */
  readonly truth: Uint32Array;
  readonly k: number;
}

export interface GraphShape extends Clusters {
  readonly originals: "none" | "f16" | "f32";
}

/** Builds the graph once, which takes minutes for a million rows; a later run reuses the graph if the same kernel built it. */
export async function keptGraph(shape: GraphShape, k: number, log: Log): Promise<GraphFile> {
  mkdirSync(CACHE, { recursive: true });
  const { count, dimensions, originals } = shape;
  const name = `graph-${count}x${dimensions}-${originals}-seed1`;
  const [path, truth] = [`${CACHE}/${name}.pipx`, `${CACHE}/${name}.truth.u32`];
  if (!existsSync(path)) {
    log(`${name}: building with ${THREADS} threads; the next run finds it in ${CACHE}`);
    await build(shape, { path, truth, k }, log);
  }
  const { queries } = clusteredChunks(shape, QUERIES);
  return { name, dimensions, path, queries, truth: readRows(truth), k };
}

async function build(shape: GraphShape, to: { path: string; truth: string; k: number }, log: Log): Promise<void> {
  const { count, dimensions, originals } = shape;
  const { queries, chunks } = clusteredChunks(shape, QUERIES);
  const exact = new Truth(queries.subarray(0, JUDGED * dimensions), dimensions, to.k);
  const index = await (await loadHnswIndex({ originals, threads: THREADS })).create(dimensions);
  let seconds = 0;
  for (const { first, vectors } of chunks) {
    const rows = rowsFrom(first, vectors.length / dimensions);
    const begun = performance.now();
    await index.add(rows, vectors);
    seconds += (performance.now() - begun) / 1000;
    log(`${first + rows.length} of ${count}, ${seconds.toFixed(1)} s of building so far`);
    exact.offer(first, vectors);
  }
  await index.compact();
  writeFileSync(to.truth, exact.rows());
  writeOnce(to.path, () => {
    for (const piece of index.saved()) appendFileSync(`${to.path}.part`, piece);
  });
  await index.close();
}

function readRows(path: string): Uint32Array {
  return new Uint32Array(new Uint8Array(readFileSync(path)).buffer);
}
