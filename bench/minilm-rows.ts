import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { createLane, createOnnxTextModel, type Embedder, MINILM, textPiece } from "@pipit/core";
import { assets } from "@pipit/test/fixtures/assets";
import * as onnxruntime from "onnxruntime-node";
import type { Log } from "./bench.ts";
import { appendRows } from "./row-files.ts";

const EMBED_CHUNK = 2_000;

/** Writes the vectors of the texts to a file; after an interruption the next call continues at the same place. */
export async function embedOnce(path: string, texts: readonly string[], log: Log): Promise<void> {
  if (existsSync(path)) return;
  const lane = await openMinilm();
  try {
    await embedInto(path, texts, { lane, log });
  } finally {
    await lane.close();
  }
  renameSync(`${path}.part`, path);
}

async function embedInto(path: string, texts: readonly string[], { lane, log }: { lane: Embedder; log: Log }) {
  const bytesOfRow = lane.space.dimensions * 4;
  const part = `${path}.part`;
  const there = existsSync(part) ? statSync(part).size / bytesOfRow : 0;
  if (!Number.isInteger(there)) throw new Error(`got half a row in ${part}, expected whole ones. Delete the file.`);
  for (let from = there; from < texts.length; from += EMBED_CHUNK) {
    const pieces = texts.slice(from, from + EMBED_CHUNK).map(textPiece);
    appendRows(path, await lane.embed(pieces, { priority: "bulk" }));
    log(`MiniLM read ${from + pieces.length} of ${texts.length} texts; the next run remembers them`);
  }
}

async function openMinilm(): Promise<Embedder> {
  const read = (path: string) => new Uint8Array(readFileSync(`${assets}/models/all-MiniLM-L6-v2/${path}`));
  const files = { tokenizer: read("tokenizer.json"), weights: read("onnx/model.onnx"), weightsDigest: undefined };
  return createLane(await createOnnxTextModel({ runtime: onnxruntime, spec: MINILM, variant: "fp32", files }));
}
