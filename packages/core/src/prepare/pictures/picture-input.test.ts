import { expect, test } from "vitest";
import type { Picture } from "../../ports/picture.ts";
import { CLIP_PICTURES, fittedPicture, pictureInput, SIGLIP_PICTURES } from "./picture-input.ts";

/** Red grows to the right, green grows downwards, blue is 100. */
function ramp(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) pixels.set([(x * 255) / width, (y * 255) / height, 100], (y * width + x) * 3);
  return { width, height, pixels };
}

const at = ({ pixels, width }: Picture, x: number, y: number) => [...pixels.subarray((y * width + x) * 3).slice(0, 3)];

test.each([
  [448, 224],
  [224, 448],
  [1000, 300],
  [30, 12_000],
])("of a picture of %i x %i the middle is cut out", (width, height) => {
  const fitted = fittedPicture(ramp(width, height), CLIP_PICTURES);
  expect(fitted).toMatchObject({ width: 224, height: 224 });
  const [red = 0, green = 0, blue] = at(fitted, 112, 112);
  expect(Math.abs(red - 127)).toBeLessThanOrEqual(5);
  expect(Math.abs(green - 127)).toBeLessThanOrEqual(5);
  expect(blue).toBe(100);
  // The longer side is cut off at both ends, the shorter one reaches from end to end.
  const longer = width > height ? 0 : 1;
  expect(at(fitted, 0, 0)[longer]).toBeGreaterThan(50);
  expect(at(fitted, 0, 0)[1 - longer]).toBeLessThan(8);
});

test("a squashed picture has all of it", () => {
  const fitted = fittedPicture(ramp(900, 300), SIGLIP_PICTURES);
  expect(
    at(fitted, 0, 0)
      .slice(0, 2)
      .every((value) => value < 3),
  ).toBe(true);
  expect(
    at(fitted, 223, 223)
      .slice(0, 2)
      .every((value) => value > 250),
  ).toBe(true);
});

test("an interleaved input has the same values by pixel", () => {
  const picture = ramp(300, 240);
  const planes = pictureInput(picture, CLIP_PICTURES);
  const interleaved = pictureInput(picture, { ...CLIP_PICTURES, layout: "interleaved" });
  for (const at of [0, 777, 50_175]) {
    const pixel = [0, 1, 2].map((channel) => planes[channel * 224 * 224 + at]);
    expect([...interleaved.subarray(at * 3, at * 3 + 3)]).toEqual(pixel);
  }
});

test("the input has a plane a channel, less the mean, in deviations", () => {
  const grey: Picture = { width: 3, height: 5, pixels: new Uint8Array(45).fill(51) };
  const input = pictureInput(grey, CLIP_PICTURES);
  expect(input).toHaveLength(3 * 224 * 224);
  CLIP_PICTURES.mean.forEach((mean, channel) => {
    const expected = (51 / 255 - mean) / CLIP_PICTURES.deviation[channel]!;
    expect(input[channel * 224 * 224 + 5000]).toBeCloseTo(expected, 6);
  });
  expect(pictureInput(grey, SIGLIP_PICTURES)[0]).toBeCloseTo(51 / 127.5 - 1, 6);
});
