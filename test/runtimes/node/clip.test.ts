import { readFileSync } from "node:fs";
import {
  createLane,
  createTextTokenizer,
  joinEmbedders,
  type PicturePiece,
  type Piece,
  picturePiece,
} from "@pipit/core";
import { openPictureDecoder } from "@pipit/media/node";
import { beforeAll, describe, expect, test } from "vitest";
import { embedderContract } from "../../contracts/embedder.ts";
import { assetPath } from "../../fixtures/assets.ts";
import { clipTwin } from "../../fixtures/clip-twin.ts";
import { rowCosines } from "../../fixtures/cosine.ts";
import { pictureCases } from "../../fixtures/pictures/picture-cases.ts";

const twin = clipTwin();
const signal = new AbortController().signal;
const texts = (twin?.texts ?? []).map(({ text }): Piece => ({ modality: "text", text }));
const pictures: PicturePiece[] = [];

beforeAll(async () => {
  const decoder = openPictureDecoder();
  const { pictures: files } = await pictureCases();
  for (const { bytes } of files) pictures.push(picturePiece(await decoder.decode(bytes)));
});

describe.skipIf(!twin)("CLIP's twin", () => {
  test("has the token ids of the reference, its end token also where a text is cut", () => {
    const tokenizer = readFileSync(`${assetPath("models/clip-twin")}/tokenizer.json`);
    const { encode } = createTextTokenizer(tokenizer, twin!.model.text);
    for (const { text, ids } of twin!.texts) expect(encode(text), text).toEqual(ids);
    const long = encode("a wren sings ".repeat(100));
    expect([long.length, long.at(-1)]).toEqual([77, 49_407]);
  });

  test("gives texts PyTorch's vectors on ONNX Runtime", async () => {
    expect(distance(await (await twin!.onnxText()).run(texts, signal), twin!.textVectors)).toBeLessThan(1e-5);
  });

  test("gives pictures PyTorch's vectors on ONNX Runtime, from their files", async () => {
    const vectors = await (await twin!.onnxPicture()).run(pictures, signal);
    const cosines = rowCosines(vectors, twin!.pictureVectors, 512);
    // Four channels are converted by other rules, 2 steps of 255 away.
    const near = cosines.filter((cosine) => cosine > 1 - 1e-6);
    expect(near.length).toBeGreaterThanOrEqual(29);
    expect(Math.min(...cosines)).toBeGreaterThan(0.9999);
  });

  test("is near them on the encoder kernel", async () => {
    const textVectors = await (await twin!.kernelText()).run(texts, signal);
    expect(Math.min(...rowCosines(textVectors, twin!.textVectors, 512))).toBeGreaterThan(0.995);
    const vectors = await (await twin!.kernelPicture()).run(pictures, signal);
    expect(Math.min(...rowCosines(vectors, twin!.pictureVectors, 512))).toBeGreaterThan(0.995);
  });

  test("answers texts and pictures of one call in their order", async () => {
    const embedder = joinEmbedders([createLane(await twin!.onnxText()), createLane(await twin!.onnxPicture())]);
    expect(embedder.reads).toEqual(["text", "picture"]);
    expect(embedder.producer.name).toBe("clip-twin-fp32");
    const mixed = [texts[0]!, pictures[1]!, texts[2]!, pictures[3]!];
    const vectors = await embedder.embed(mixed);
    const expected = [twin!.textVectors, twin!.pictureVectors, twin!.textVectors, twin!.pictureVectors];
    mixed.forEach((_, row) => {
      const got = vectors.subarray(row * 512, (row + 1) * 512);
      expect(rowCosines(got, expected[row]!.subarray(row * 512, (row + 1) * 512), 512)[0]).toBeGreaterThan(0.99999);
    });
    await embedder.close();
  });
});

if (twin) {
  const pieces = () => pictures.slice(0, 8);
  const given = { pieces, refused: { modality: "text", text: "owl" } as const };
  embedderContract(
    "CLIP's pictures on onnxruntime-node, in a lane",
    async () => createLane(await twin.onnxPicture()),
    given,
  );
  embedderContract(
    "CLIP's pictures on the kernel, in a lane",
    async () => createLane(await twin.kernelPicture()),
    given,
  );
  embedderContract("CLIP's texts on onnxruntime-node, in a lane", async () => createLane(await twin.onnxText()));
  embedderContract("CLIP's texts on the kernel, in a lane", async () => createLane(await twin.kernelText()));
}

/** The largest difference of a component. */
function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
}
