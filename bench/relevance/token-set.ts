import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createKernelTextModel, createLane, type Embedder, MINILM, type TokenBits, textPiece } from "@pipit/core";
import { packedMinilm } from "@pipit/test/fixtures/encoder-job";
import { minilmFiles, minilmFolder } from "@pipit/test/fixtures/minilm";
import { minilmProjection } from "@pipit/test/fixtures/minilm-projection";
import { loadEncoder, loadTokenScorer } from "@pipit/wasm/node";
import type { Log } from "../bench.ts";
import type { ComparedTokens, EmbeddedSet } from "./embedded-set.ts";
import { minilmSet } from "./minilm-set.ts";
import { type DocumentPassage, modelText } from "./passages.ts";
import type { RelevanceSet } from "./relevance-set.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench", import.meta.url));
const { dimensions, tokenSpace } = minilmProjection;
const BYTES = dimensions / 8;
const CHUNK = 500;

/** Vectors of a set by MiniLM (fp32), and of all tokens by the encoder kernel. */
export async function minilmTokenSet(set: RelevanceSet, log: Log): Promise<EmbeddedSet> {
  const embedded = await minilmSet(set, log);
  return { ...embedded, tokens: await comparedTokens(embedded.passages, log) };
}

async function comparedTokens(passages: readonly DocumentPassage[], log: Log): Promise<ComparedTokens> {
  const [model, scorer] = [await openModel(), await loadTokenScorer()];
  const { embed, ranges } = model.tokens!;
  const texts = passages.map(({ text }) => text);
  const { bits, counts } = await remembered(texts, { model, log });
  const documents = passageBits(bits, counts);
  return {
    async compare(query, rows, rarityOf) {
      const text = modelText(query);
      const { tokens } = await embed([textPiece(text)], "floats");
      const weights = Float32Array.from(ranges(text), ({ start, end }) => rarityOf(text.slice(start, end)));
      return scorer.score(
        { dimensions, vectors: tokens, weights },
        rows.map((row) => documents[row]!),
      );
    },
    close: () => model.close(),
  };
}

async function openModel(): Promise<Embedder> {
  const folder = minilmFolder!;
  const encoder = await loadEncoder(await packedMinilm(folder), { projection: minilmProjection, threads: 2 });
  return createLane(createKernelTextModel({ encoder, spec: MINILM, tokenizer: minilmFiles(folder, "fp32").tokenizer }));
}

interface Remembered {
  /** [tokens of all texts][bytes]. */
  readonly bits: Uint8Array;
  readonly counts: readonly number[];
}

/** Kept between runs under a digest of the texts and the token vectors' space. */
async function remembered(texts: readonly string[], reading: Reading): Promise<Remembered> {
  const digest = createHash("sha256")
    .update(JSON.stringify([tokenSpace.id, texts]))
    .digest("hex");
  const path = `${CACHE}/relevance-token-counts-${digest.slice(0, 16)}`;
  if (!existsSync(`${path}.json`)) await embedInto(path, texts, reading);
  return { bits: readFileSync(`${path}.bits`), counts: JSON.parse(readFileSync(`${path}.json`, "utf8")) };
}

interface Reading {
  readonly model: Embedder;
  readonly log: Log;
}

async function embedInto(path: string, texts: readonly string[], { model, log }: Reading): Promise<void> {
  const bits: Uint8Array[] = [];
  const counts: number[] = [];
  for (let from = 0; from < texts.length; from += CHUNK) {
    const some = await model.tokens!.embed(texts.slice(from, from + CHUNK).map(textPiece), "bits");
    bits.push(some.tokens);
    counts.push(...some.counts);
    log(`tokens of ${counts.length} of ${texts.length} texts; the next run remembers them`);
  }
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${path}.bits`, Buffer.concat(bits));
  writeFileSync(`${path}.json`, JSON.stringify(counts));
}

function passageBits(bits: Uint8Array, counts: Remembered["counts"]): TokenBits[] {
  let end = 0;
  return counts.map((count) => {
    end += count * BYTES;
    return { tokenBytes: BYTES, bits: bits.subarray(end - count * BYTES, end) };
  });
}
