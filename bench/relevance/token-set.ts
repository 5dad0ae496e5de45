import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BatchModel, createKernelTextModel, MINILM, type QueryTokens, type TokenBits } from "@pipit/core";
import { packedMinilm } from "@pipit/test/fixtures/encoder-job";
import { minilmFiles, minilmFolder } from "@pipit/test/fixtures/minilm";
import { minilmProjection } from "@pipit/test/fixtures/minilm-projection";
import { loadEncoder } from "@pipit/wasm/node";
import type { Log } from "../bench.ts";
import { type DocumentPassage, modelText } from "./passages.ts";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench", import.meta.url));
const BYTES = minilmProjection.dimensions / 8;
const CHUNK = 500;
const { signal } = new AbortController();

/** Token vectors of a set's passages, by the encoder kernel, and of its queries. */
export interface TokenSet {
  readonly passages: readonly TokenBits[];
  queryTokens(query: string): Promise<QueryTokens>;
  close(): Promise<void>;
}

export interface TokenSetOptions {
  readonly log: Log;
  /** How rare a word is in the set. */
  readonly rarityOf: (word: string) => number;
}

export async function tokenSet(
  passages: readonly DocumentPassage[],
  { log, rarityOf }: TokenSetOptions,
): Promise<TokenSet> {
  const model = await openModel();
  const { space, run, ranges } = model.tokens!;
  const { bits, counts } = await remembered(
    passages.map(({ text }) => text),
    { model, log },
  );
  const queryTokens = async (query: string) => {
    const text = modelText(query);
    const { tokens } = await run([text], "floats", signal);
    const weights = Float32Array.from(ranges(text), ({ start, end }) => rarityOf(text.slice(start, end)));
    return { dimensions: space.dimensions, vectors: tokens, weights };
  };
  return { passages: passageBits(bits, counts), queryTokens, close: () => model.close() };
}

async function openModel(): Promise<BatchModel> {
  const folder = minilmFolder!;
  const encoder = await loadEncoder(await packedMinilm(folder), { projection: minilmProjection, threads: 2 });
  return createKernelTextModel({ encoder, spec: MINILM, tokenizer: minilmFiles(folder, "fp32").tokenizer });
}

interface Remembered {
  /** [tokens of all texts][bytes]. */
  readonly bits: Uint8Array;
  readonly counts: readonly number[];
}

/** Kept between runs under a digest of the texts and the token vectors' space. */
async function remembered(texts: readonly string[], reading: Reading): Promise<Remembered> {
  const digest = createHash("sha256")
    .update(JSON.stringify(["counts", minilmProjection.tokenSpace.id, texts]))
    .digest("hex");
  const path = `${CACHE}/relevance-tokens-${digest.slice(0, 16)}`;
  if (!existsSync(`${path}.json`)) await embedInto(path, texts, reading);
  return { bits: readFileSync(`${path}.bits`), counts: JSON.parse(readFileSync(`${path}.json`, "utf8")) };
}

interface Reading {
  readonly model: BatchModel;
  readonly log: Log;
}

async function embedInto(path: string, texts: readonly string[], { model, log }: Reading): Promise<void> {
  const bits: Uint8Array[] = [];
  const counts: number[] = [];
  for (let from = 0; from < texts.length; from += CHUNK) {
    const some = await model.tokens!.run(texts.slice(from, from + CHUNK), "bits", signal);
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
