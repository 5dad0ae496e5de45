import { createReadStream, readFileSync, statSync } from "node:fs";
import { createTextTokenizer, MINILM, type TextTokenizer } from "@pipit/core";
import { type Encoder, type EncoderBuild, openEncoder } from "@pipit/wasm";
import { loadBuild, loadEncoder } from "@pipit/wasm/node";
import type { Asked, Engine, ModelFile } from "./engine.ts";

/** `picked`: the build that the probe finds fastest, as in an app. Core's tokenizer reads the texts. */
export async function openKernel(
  build: EncoderBuild | "picked",
  { path, bytes }: ModelFile,
  tokenizerPath: string | undefined,
): Promise<Engine> {
  const file = bytes ?? { bytes: statSync(path).size, pieces: createReadStream(path) };
  const encoder =
    build === "picked" ? await loadEncoder(file) : await openEncoder(await loadBuild(build, "encoder"), file);
  let tokenizer: TextTokenizer | undefined;
  const idsOf = (text: string) => {
    tokenizer ??= createTextTokenizer(readFileSync(tokenizerPath!), MINILM);
    return tokenizer.encode(text);
  };
  return { embed: (asked) => encode(encoder, asked, idsOf) };
}

type IdsOf = (text: string) => readonly number[];

function encode(encoder: Encoder, asked: Asked, idsOf: IdsOf): Promise<Float32Array> {
  if (asked instanceof Float32Array) return encoder.encodePictures(asked);
  return encoder.encodeTokens(asked.map((row) => (typeof row === "string" ? idsOf(row) : row)));
}
