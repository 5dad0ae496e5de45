import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MINILM } from "@pipit/core";
import { assets } from "@pipit/test/fixtures/assets";
import { seeded } from "@pipit/test/fixtures/seeded";
import type { Log } from "./bench.ts";
import { type Clusters, clusteredChunks, SEED } from "./clustered-chunks.ts";
import { embedOnce } from "./minilm-rows.ts";
import { appendRows, readFloats, writeOnce } from "./row-files.ts";
import { shortTexts } from "./short-texts.ts";
import { Truth } from "./truth.ts";

export { type Clusters, clusteredChunks } from "./clustered-chunks.ts";

/** Files of a base, of queries that are not in it (row-major f32) and of their exact neighbours (u32 [queries, truthK]). */
export interface VectorSet {
  readonly name: string;
  readonly dimensions: number;
  readonly count: number;
  readonly truthK: number;
  readonly base: string;
  readonly queries: string;
  readonly truth: string;
}

const QUERIES = 1000;
const TRUTH_K = 100;
const MINILM_COUNT = 100_000;
const CACHE = fileURLToPath(new URL("../node_modules/.cache/pipit-bench", import.meta.url));

/** Seeded vectors with a centre per hundred rows, similar to embeddings of related entries. */
export function clusteredSet({ count, dimensions }: Clusters, log: Log): VectorSet {
  const set = named(`clustered-${count}x${dimensions}-seed${SEED}`, { count, dimensions });
  const { queries, chunks } = clusteredChunks({ count, dimensions }, QUERIES);
  writeOnce(set.queries, () => appendRows(set.queries, queries));
  writeOnce(set.base, () => {
    for (const { vectors } of chunks) appendRows(set.base, vectors);
  });
  writeTruth(set, log);
  return set;
}

/**
 * Vectors of real short texts by MiniLM (fp32); queries are texts outside the set. Undefined without assets. The first call takes
 * minutes and may be interrupted: the next one continues at the same place.
 */
export async function minilmSet(log: Log): Promise<VectorSet | undefined> {
  const needed = MINILM_COUNT + QUERIES;
  const texts = assets ? shortTexts(`${assets}/text`, seeded(SEED)).slice(0, needed) : [];
  if (texts.length < needed) {
    log(`minilm is left out: got ${texts.length} short texts in the assets, expected ${needed}`);
    return undefined;
  }
  const digest = createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 8);
  const { dimensions } = MINILM.space;
  const set = named(`minilm-fp32-${MINILM_COUNT}-${digest}`, { count: MINILM_COUNT, dimensions });
  await embedOnce(set.queries, texts.slice(MINILM_COUNT), log);
  await embedOnce(set.base, texts.slice(0, MINILM_COUNT), log);
  writeTruth(set, log);
  return set;
}

function named(name: string, { count, dimensions }: Clusters): VectorSet {
  mkdirSync(CACHE, { recursive: true });
  const at = (what: string) => `${CACHE}/${name}.${what}`;
  const files = { base: at("base.f32"), queries: at("queries.f32"), truth: at("truth.u32") };
  return { name, dimensions, count, truthK: TRUTH_K, ...files };
}

function writeTruth({ name, dimensions, base, queries, truth }: VectorSet, log: Log): void {
  writeOnce(truth, () => {
    log(`${name}: exact neighbours; the next run remembers them`);
    const exact = new Truth(readFloats(queries), dimensions, TRUTH_K);
    exact.offer(0, readFloats(base));
    writeFileSync(`${truth}.part`, exact.rows());
  });
}
