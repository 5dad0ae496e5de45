import { readFileSync } from "node:fs";
import { createFaceFinder, type FaceFinder } from "@pipit/core";
import { openPictureDecoder } from "@pipit/media/node";
import * as onnxruntime from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../fixtures/assets.ts";

const weights = assetPath("models/yunet/face_detection_yunet_2023mar.onnx");
const photos = assetPath("images/coco-cc/photos");
const decoder = openPictureDecoder();

describe.skipIf(!weights || !photos)("the real YuNet", () => {
  let faces: FaceFinder;
  beforeAll(async () => {
    faces = await createFaceFinder({ runtime: onnxruntime, weights: readFileSync(weights!) });
  });
  const photo = async (name: string) => decoder.decode(readFileSync(`${photos}/${name}.jpg`));

  test("finds the man in front and the women behind him, each once, with eyes above mouths", async () => {
    const found = await faces.find(await photo("000000347254"));
    expect(found).toHaveLength(3);
    const [man] = found;
    // As seen in the photo, 375 x 500.
    expect([man!.x, man!.y, man!.width, man!.height].map((value) => Math.round(value / 20))).toEqual([3, 3, 6, 9]);
    for (const { landmarks, x, width } of found) {
      const [rightEye, , nose, rightMouth] = landmarks;
      expect(rightEye!.y).toBeLessThan(rightMouth!.y);
      expect(nose!.x).toBeGreaterThan(x);
      expect(nose!.x).toBeLessThan(x + width);
    }
  });

  test("finds no face where there is none, and those above a score alone", async () => {
    expect(await faces.find(await photo("000000126107"))).toEqual([]);
    const sure = await faces.find(await photo("000000347254"), { minScore: 0.9 });
    expect(sure).toHaveLength(2);
  });

  test("an aborted call is refused, and so is another model's file", async () => {
    const picture = { width: 1, height: 1, pixels: new Uint8Array(3) };
    await expect(faces.find(picture, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    const torn = createFaceFinder({ runtime: onnxruntime, weights: Uint8Array.of(1, 2, 3) });
    await expect(torn).rejects.toMatchObject({ code: "bad-model" });
  });
});
