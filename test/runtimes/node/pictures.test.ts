import { CLIP_PICTURES, fittedPicture } from "@pipit/core";
import { openPictureDecoder } from "@pipit/media/node";
import { expect, test } from "vitest";
import { pictureCases } from "../../fixtures/pictures/picture-cases.ts";

const { pictures, refused } = await pictureCases();
const decoder = openPictureDecoder();

test.each(pictures)("$name has the pixels that CLIP's own preprocessing makes of it", async ({ bytes, golden }) => {
  const fitted = fittedPicture(await decoder.decode(bytes), CLIP_PICTURES);
  expect(fitted).toMatchObject({ width: 224, height: 224 });
  if (!golden) return;
  let [most, sum] = [0, 0];
  golden.pixels.forEach((pixel, at) => {
    const distance = Math.abs(pixel - fitted.pixels[at]!);
    most = Math.max(most, distance);
    sum += distance;
  });
  expect(most).toBeLessThanOrEqual(golden.maxAbs);
  expect(sum / golden.pixels.length).toBeLessThanOrEqual(golden.meanAbs);
});

test.each(refused)("$name is refused", async ({ bytes }) => {
  const code = expect.stringMatching(/^bad-(input|media)$/);
  await expect(decoder.decode(bytes)).rejects.toMatchObject({ code });
});
