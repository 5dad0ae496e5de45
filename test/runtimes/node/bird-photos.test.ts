import { readFileSync } from "node:fs";
import { createPictureClassifier, INAT_BIRDS, type PictureClassifier } from "@pipit/core";
import { openPictureDecoder } from "@pipit/media/node";
import * as onnxruntime from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../fixtures/assets.ts";

const folder = assetPath("models/inat-bird");
const photos = assetPath("images/coco-cc/photos");
const decoder = openPictureDecoder();
const read = (path: string) => new Uint8Array(readFileSync(path));
const open = (labels = read(`${folder}/${INAT_BIRDS.labels.path}`)) =>
  createPictureClassifier({
    runtime: onnxruntime,
    spec: INAT_BIRDS,
    variant: "q8",
    weights: read(`${folder}/${INAT_BIRDS.variants.q8!.weights.path}`),
    labels,
  });

describe.skipIf(!folder || !photos)("the real classifier of birds", () => {
  let birds: PictureClassifier;
  beforeAll(async () => {
    birds = await open();
  });

  test("names a gull that flies over sand", async () => {
    const picture = await decoder.decode(read(`${photos}/000000126107.jpg`));
    const found = await birds.classify(picture, { most: 3 });
    expect(found).toHaveLength(3);
    for (const { label } of found) expect(label).toMatch(/^Larus .* \(.*Gull\)$/);
    expect(found[0]!.probability).toBeGreaterThan(found[1]!.probability);
  });

  test("names no bird in an airport", async () => {
    expect(await birds.classify(await decoder.decode(read(`${photos}/000000012280.jpg`)))).toEqual([]);
  });

  test("has a label for each of its scores", () => {
    expect(birds.labels).toHaveLength(965);
  });

  test("refuses labels of another model", async () => {
    const encoded = (text: string) => new TextEncoder().encode(text);
    await expect(open(encoded("owl\nwren"))).rejects.toMatchObject({ code: "bad-model" });
    const few = await open(encoded("owl\nbackground"));
    const picture = { width: 1, height: 1, pixels: new Uint8Array(3) };
    await expect(few.classify(picture)).rejects.toMatchObject({ code: "bad-model", got: "scores of shape [1,965]" });
  });

  test("an aborted call is refused", async () => {
    const picture = { width: 1, height: 1, pixels: new Uint8Array(3) };
    await expect(birds.classify(picture, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
  });
});
