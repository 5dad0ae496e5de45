import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { MINILM } from "@pipit/core";
import type { Vectors } from "@pipit/test/fixtures/vectors";
import type { Log } from "../bench.ts";
import { embedOnce } from "../minilm-rows.ts";
import { readFloats } from "../row-files.ts";
import type { EmbeddedSet } from "./embedded-set.ts";
import { modelText, passagesOf } from "./passages.ts";
import type { RelevanceSet } from "./relevance-set.ts";
import { window } from "./starter-model.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench", import.meta.url));

/** Vectors of a set by MiniLM (fp32). Only the set's own queries have vectors. */
export async function minilmSet(set: RelevanceSet, log: Log): Promise<EmbeddedSet> {
  const passages = passagesOf(set, window);
  const vectors = await remembered(
    passages.map(({ text }) => text),
    log,
  );
  const queries = [...new Set(set.queries.map(({ text }) => modelText(text)))];
  const { rows, dimensions } = await remembered(queries, log);
  const rowOf = new Map(queries.map((query, row) => [query, row]));
  return { passages, vectors, queryVector };

  function queryVector(query: string): Vectors {
    const row = rowOf.get(modelText(query));
    if (row === undefined) throw new Error(`got the query "${query}", expected one of the set. Ask only those.`);
    return { rows: rows.subarray(row * dimensions, (row + 1) * dimensions), dimensions };
  }
}

/** Kept between runs under a digest of the texts and the model: a large set takes minutes. */
async function remembered(texts: readonly string[], log: Log): Promise<Vectors> {
  const { dimensions, id } = MINILM.space;
  const digest = createHash("sha256")
    .update(JSON.stringify([id, texts]))
    .digest("hex");
  const path = `${CACHE}/relevance-minilm-fp32-${digest.slice(0, 16)}.f32`;
  mkdirSync(CACHE, { recursive: true });
  await embedOnce(path, texts, log);
  return { rows: readFloats(path), dimensions };
}
