import { type EncoderShape, unsupportedShape } from "../encoder-shape.ts";
import { badModel } from "../weights/bad-model.ts";
import type { WeightSource } from "../weights/weight-source.ts";

/** The PyTorch names of a family's weights, and the choices that it differs in. Sizes follow from the weights. */
export interface EncoderFamily {
  readonly name: "bert" | "clip-text" | "clip-picture";
  readonly choices: Pick<EncoderShape, "input" | "norm" | "attention" | "activation" | "pooling" | "embeddingNorm">;
  readonly epsilon: number;
  /** Tables that are looked up and added; the last is by position, `typed` adds its first row to each position. */
  readonly tokens?: string;
  readonly positions: string;
  readonly typed?: string;
  /** The row before a picture's patches. */
  readonly classRow?: string;
  readonly patches?: string;
  readonly embeddingNorm?: string;
  /** A layer's modules, "#" for its number. */
  readonly layer: LayerNames;
  readonly finalNorm?: string;
  readonly projection?: string;
}

interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly mixed: string;
  readonly inner: string;
  readonly outer: string;
  /** In the order of the forward pass. */
  readonly norms: readonly [string, string];
}

const BERT_LAYER: LayerNames = {
  query: "encoder.layer.#.attention.self.query",
  key: "encoder.layer.#.attention.self.key",
  value: "encoder.layer.#.attention.self.value",
  mixed: "encoder.layer.#.attention.output.dense",
  inner: "encoder.layer.#.intermediate.dense",
  outer: "encoder.layer.#.output.dense",
  norms: ["encoder.layer.#.attention.output.LayerNorm", "encoder.layer.#.output.LayerNorm"],
};

function clipLayer(tower: string): LayerNames {
  const layer = `${tower}.encoder.layers.#`;
  return {
    query: `${layer}.self_attn.q_proj`,
    key: `${layer}.self_attn.k_proj`,
    value: `${layer}.self_attn.v_proj`,
    mixed: `${layer}.self_attn.out_proj`,
    inner: `${layer}.mlp.fc1`,
    outer: `${layer}.mlp.fc2`,
    norms: [`${layer}.layer_norm1`, `${layer}.layer_norm2`],
  };
}

/** BERT as MiniLM, E5 and GTE have it; BGE pools the first row. */
export function bertFamily(pooling: "mean" | "first"): EncoderFamily {
  return {
    name: "bert",
    choices: { input: "tokens", norm: "after", attention: "all", activation: "gelu", pooling, embeddingNorm: "yes" },
    epsilon: 1e-12,
    tokens: "embeddings.word_embeddings.weight",
    positions: "embeddings.position_embeddings.weight",
    typed: "embeddings.token_type_embeddings.weight",
    embeddingNorm: "embeddings.LayerNorm",
    layer: BERT_LAYER,
  };
}

const CLIP = { norm: "before", activation: "quick-gelu" } as const;

export const CLIP_TEXT: EncoderFamily = {
  name: "clip-text",
  // The end token is a text's last when nothing is padded.
  choices: { ...CLIP, input: "tokens", attention: "causal", pooling: "last", embeddingNorm: "no" },
  epsilon: 1e-5,
  tokens: "text_model.embeddings.token_embedding.weight",
  positions: "text_model.embeddings.position_embedding.weight",
  layer: clipLayer("text_model"),
  finalNorm: "text_model.final_layer_norm",
  projection: "text_projection.weight",
};

export const CLIP_PICTURE: EncoderFamily = {
  name: "clip-picture",
  choices: { ...CLIP, input: "patches", attention: "all", pooling: "first", embeddingNorm: "yes" },
  epsilon: 1e-5,
  positions: "vision_model.embeddings.position_embedding.weight",
  classRow: "vision_model.embeddings.class_embedding",
  patches: "vision_model.embeddings.patch_embedding.weight",
  // So it is spelled in CLIP.
  embeddingNorm: "vision_model.pre_layrnorm",
  layer: clipLayer("vision_model"),
  finalNorm: "vision_model.post_layernorm",
  projection: "visual_projection.weight",
};

/** The shape of a family with these weights. No weight tells `heads` and the window. Throws `bad-model`, `unsupported`. */
export function shapeFrom(
  weights: WeightSource,
  family: EncoderFamily,
  { heads, positions }: { readonly heads: number; readonly positions?: number | undefined },
): EncoderShape {
  const dims = (name: string) => dimsOf(weights, name);
  const [allPositions = 0, width = 0] = dims(family.positions);
  const patch = family.patches ? (dims(family.patches)[3] ?? 0) : 0;
  const kept = family.patches ? allPositions : Math.min(allPositions, positions ?? allPositions);
  return {
    ...family.choices,
    width,
    layers: layersOf(weights, family),
    heads,
    inner: dims(layerName(`${family.layer.inner}.weight`, 0))[0] ?? 0,
    vocabulary: family.tokens ? (dims(family.tokens)[0] ?? 0) : 0,
    positions: kept,
    patch,
    picture: patch * Math.round(Math.sqrt(allPositions - 1)) || 0,
    projection: family.projection ? (dims(family.projection)[0] ?? 0) : 0,
    epsilon: family.epsilon,
  };
}

function dimsOf(weights: WeightSource, name: string): readonly number[] {
  const dims = weights.dims(name);
  if (dims) return dims;
  throw badModel(`a model without the weights ${name}`, `a family that names its weights so`);
}

export function layerName(template: string, layer: number): string {
  return template.replace("#", String(layer));
}

/** Counts up to the last layer of which there is any module: modules that a file lacks are noticed when they are read. */
function layersOf({ names }: WeightSource, { layer }: EncoderFamily): number {
  const modules = Object.values(layer)
    .flat()
    .map((module) => module.split("#") as [string, string]);
  const layers = names.flatMap((name) =>
    modules.flatMap(([before, after]) => {
      const number = name.startsWith(before) ? Number.parseInt(name.slice(before.length), 10) : Number.NaN;
      return name === `${before}${number}${after}.weight` ? [number + 1] : [];
    }),
  );
  if (layers.length === 0) throw unsupportedShape(`no weights named ${layerName(`${layer.inner}.weight`, 0)}`);
  return layers.reduce((most, each) => Math.max(most, each), 0);
}
