import { MINILM } from "@pipit/core";
import { openEncoder } from "@pipit/wasm";
import { MINILM_RECIPE, packModel } from "@pipit/wasm/pack";
import { bitsOf, type EncoderJob, encoderWalkThrough, sha256 } from "../../../fixtures/encoder-walk-through.ts";

/** A walk through small models in one build, or rows for the real one, which the worker fetches and packs itself. */
export type EncoderTask = { readonly wasm: readonly Uint8Array<ArrayBuffer>[] } & (
  | { readonly job: EncoderJob }
  | { readonly model: string; readonly rows: readonly (readonly number[])[] }
);

export interface MinilmAnswers {
  /** SHA-256 of the packed file. */
  readonly sha256: string;
  /** The rows' vectors as bits, per build. */
  readonly vectors: readonly (readonly string[])[];
}

self.onmessage = async ({ data }: MessageEvent<EncoderTask>) => {
  const modules = await Promise.all(data.wasm.map((bytes) => WebAssembly.compile(bytes)));
  self.postMessage("job" in data ? await encoderWalkThrough(modules[0]!, data.job) : await encodeMinilm(modules, data));
};

async function encodeMinilm(
  modules: readonly WebAssembly.Module[],
  { model, rows }: Extract<EncoderTask, { model: string }>,
): Promise<MinilmAnswers> {
  const weights = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const about = { space: MINILM.space, producer: MINILM.variants.packed!.producer };
  const file = await packModel(weights, { recipe: MINILM_RECIPE, about }, modules[0]!);
  const answers = modules.map(async (module) => {
    const encoder = await openEncoder(module, file);
    return bitsOf(await encoder.encodeTokens(rows), encoder);
  });
  return { sha256: await sha256(file), vectors: await Promise.all(answers) };
}
