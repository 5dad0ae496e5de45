import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  createLane,
  createOnnxPictureModel,
  createOnnxTextModel,
  createTextTokenizer,
  type Picture,
  type PicturePiece,
  picturePiece,
  siglipModel,
} from "@pipit/core";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { embedderContract } from "../../contracts/embedder.ts";
import { assetPath } from "../../fixtures/assets.ts";
import { mean, rowCosines } from "../../fixtures/cosine.ts";
import { pictureCases } from "../../fixtures/pictures/picture-cases.ts";

const folder = assetPath("models/siglip-twin");
const read = (path: string) => new Uint8Array(readFileSync(`${folder}/${path}`));
const floats = (path: string) => new Float32Array(read(path).buffer);
const D = 64;

if (!folder) test.skip("SigLIP's twin: its files are in the assets alone", () => {});
else {
  const [text, picture, tokenizer] = ["onnx/text_model.onnx", "onnx/vision_model.onnx", "tokenizer.json"].map(read) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const producer = { name: "siglip-twin-fp32", fidelity: { mean: 1, min: 0.9999 } };
  const variant = (path: string) => ({ weights: { path, accepts: [] }, producer, sharing: "any" }) as const;
  const model = siglipModel({
    name: "siglip-twin",
    hubName: "twins/siglip-twin",
    weights: [sha256(text), sha256(picture)],
    tokenizer: { path: "tokenizer.json", accepts: [] },
    tokenizerDigest: sha256(tokenizer),
    dimensions: D,
    logits: { scale: 110, bias: -16 },
    patch: 16,
    // Its exporter's tokenizer fills up with this token.
    padding: "<pad>",
    texts: { fp32: variant("onnx/text_model.onnx") },
    pictures: { fp32: variant("onnx/vision_model.onnx") },
  });
  const references: { text: string; ids: number[] }[] = JSON.parse(
    new TextDecoder().decode(read("reference/texts.json")),
  );
  const signal = new AbortController().signal;
  const onnxText = () =>
    createOnnxTextModel({
      runtime: onnxruntime,
      spec: model.text,
      variant: "fp32",
      files: { tokenizer, weights: text },
    });
  const onnxPicture = () =>
    createOnnxPictureModel({ runtime: onnxruntime, spec: model.picture, variant: "fp32", weights: picture });

  test("SigLIP's texts have the token ids of the reference, filled up to 64", () => {
    const { encode } = createTextTokenizer(tokenizer, model.text);
    for (const { text, ids } of references) expect(encode(text), text).toEqual(ids);
  });

  test("SigLIP's texts have PyTorch's vectors", async () => {
    const pieces = references.map(({ text }) => ({ modality: "text", text }) as const);
    const cosines = rowCosines(await (await onnxText()).run(pieces, signal), floats("reference/texts.f32"), D);
    expect(Math.min(...cosines)).toBeGreaterThan(1 - 1e-6);
    expect(mean(cosines)).toBeGreaterThan(1 - 1e-6);
  });

  test("SigLIP's pictures have PyTorch's vectors", async () => {
    const pieces = await croppedPictures();
    const vectors = await (await onnxPicture()).run(pieces, signal);
    expect(Math.min(...rowCosines(vectors, floats("reference/crops.f32"), D))).toBeGreaterThan(1 - 1e-6);
  });

  embedderContract("SigLIP's texts on onnxruntime-node, in a lane", async () => createLane(await onnxText()));
}

/** The golden pixels of CLIP, which both models read as they are. */
async function croppedPictures(): Promise<PicturePiece[]> {
  const { pictures } = await pictureCases();
  return pictures.map(({ golden }) => {
    const picture: Picture = { width: 224, height: 224, pixels: new Uint8Array(golden!.pixels) };
    return picturePiece(picture);
  });
}
