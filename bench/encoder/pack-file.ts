import { readFileSync, writeFileSync } from "node:fs";
import { MINILM_SPACE, type Space } from "@pipit/core";
import * as graphs from "@pipit/test/fixtures/encoder-graphs";
import { loadBuild } from "@pipit/wasm/node";
import { CLIP_PICTURE, CLIP_TEXT, type EncoderRecipe, MINILM_RECIPE, packModel } from "@pipit/wasm/pack";
import type { ModelKind } from "./engine.ts";

export interface ToPack {
  readonly kind: ModelKind;
  /** A model's own weights; CLIP's are generated from a seed and written to this file first. */
  readonly from: string;
  readonly to: string;
}

const RECIPES: { readonly [Name in ModelKind]: EncoderRecipe } = {
  minilm: MINILM_RECIPE,
  "clip-text": { family: CLIP_TEXT, heads: graphs.CLIP_TEXT.heads },
  "clip-picture": { family: CLIP_PICTURE, heads: graphs.CLIP_VISION.heads },
};
const SEEDED_SPACE: Space = { id: "seeded", name: "seeded", dimensions: graphs.CLIP_TEXT.projection };
// No model is admitted by this value: the fidelity is measured by this bench.
const FIDELITY = { mean: 0, min: 0 };

export async function packFile({ kind, from, to }: ToPack): Promise<undefined> {
  if (kind === "clip-text") writeFileSync(from, graphs.clipTextGraph({ ...graphs.CLIP_TEXT, weights: "int8" }));
  if (kind === "clip-picture") writeFileSync(from, graphs.clipVisionGraph({ ...graphs.CLIP_VISION, weights: "int8" }));
  const about = {
    space: kind === "minilm" ? MINILM_SPACE : SEEDED_SPACE,
    producer: { name: "bench", fidelity: FIDELITY },
  };
  const module = await loadBuild("simd", "encoder");
  const recipe = RECIPES[kind];
  writeFileSync(to, await packModel(new Uint8Array(readFileSync(from)), { recipe, about }, module));
}
