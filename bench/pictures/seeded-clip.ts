import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BatchModel, clipModel, createKernelPictureModel, createOnnxPictureModel } from "@pipit/core";
import * as graphs from "@pipit/test/fixtures/encoder-graphs";
import { loadBuild, loadEncoder } from "@pipit/wasm/node";
import { CLIP_PICTURE, packModel } from "@pipit/wasm/pack";
import * as onnxruntime from "onnxruntime-node";

const PRODUCER = { name: "seeded", fidelity: { mean: 1, min: 0.99 } };
const ANY_FILE = { path: "onnx/vision_model_quantized.onnx", accepts: [] };

/** CLIP ViT-B/32's encoder of pictures in full size, with seeded weights, dynamically quantised as on hubs. */
export interface SeededClip {
  /** The name of its folder, in the hub's layout, inside the folder that it was made in. */
  readonly name: string;
  readonly weights: Uint8Array;
  readonly onnx: () => Promise<BatchModel>;
  readonly kernel: () => Promise<BatchModel>;
}

export function seededClip(folder: string): SeededClip {
  const name = "seeded-clip";
  const weights = graphs.clipVisionGraph({ ...graphs.CLIP_VISION, weights: "int8" });
  mkdirSync(join(folder, name, "onnx"), { recursive: true });
  writeFileSync(join(folder, name, ANY_FILE.path), weights);
  writeFileSync(join(folder, name, "config.json"), JSON.stringify(CONFIG));
  writeFileSync(join(folder, name, "preprocessor_config.json"), JSON.stringify(PREPROCESSOR));
  const { picture: spec, space } = clipModel({
    name,
    hubName: `bench/${name}`,
    weights: ["seeded", "seeded"],
    tokenizer: ANY_FILE,
    tokenizerDigest: "none",
    dimensions: graphs.CLIP_VISION.projection,
    logits: { scale: 100 },
    patch: graphs.CLIP_VISION.patch,
    texts: {},
    pictures: { q8: { weights: ANY_FILE, producer: PRODUCER, sharing: "alone" } },
  });
  return {
    name,
    weights,
    onnx: () =>
      createOnnxPictureModel({ runtime: onnxruntime, spec, variant: "q8", weights, session: { intraOpNumThreads: 1 } }),
    async kernel() {
      const recipe = { family: CLIP_PICTURE, heads: graphs.CLIP_VISION.heads };
      const packer = await loadBuild("simd", "encoder");
      const file = await packModel(weights, { recipe, about: { space, producer: PRODUCER } }, packer);
      return createKernelPictureModel({ encoder: await loadEncoder(file), spec });
    },
  };
}

const CONFIG = { model_type: "clip", architectures: ["CLIPModel"] };

/** As CLIP's own. */
const PREPROCESSOR = {
  image_processor_type: "CLIPImageProcessor",
  do_resize: true,
  size: { shortest_edge: 224 },
  resample: 3,
  do_center_crop: true,
  crop_size: { width: 224, height: 224 },
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  do_convert_rgb: true,
};
