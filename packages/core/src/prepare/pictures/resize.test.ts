import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Picture } from "../../ports/picture.ts";
import { resizedPart } from "./resize.ts";

interface Reference {
  readonly size: readonly [number, number];
  readonly resized: readonly [number, number];
  readonly sha256: string;
}

const { references } = JSON.parse(
  readFileSync(new URL("../../../fixtures/resize-references.json", import.meta.url), "utf8"),
) as { references: Reference[] };

function pattern(width: number, height: number): Picture {
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        pixels[(y * width + x) * 3 + channel] = x * 13 + y * 29 + channel * 71 + Math.floor((x * y) / 8) * 7;
  return { width, height, pixels };
}

const all = (length: number) => ({ start: 0, length });
const whole = (picture: Picture, width: number, height: number) =>
  resizedPart(picture, { width, height, x: all(width), y: all(height) });

test.each(references)("$size becomes $resized with the bits that Pillow gives it", ({ size, resized, sha256 }) => {
  const { pixels } = whole(pattern(size[0], size[1]), resized[0], resized[1]);
  expect(createHash("sha256").update(pixels).digest("hex")).toBe(sha256);
});

test.each([
  { size: [640, 457], resized: [313, 224], x: [40, 224], y: [0, 224] },
  { size: [300, 224], resized: [300, 224], x: [38, 224], y: [0, 224] },
  { size: [120, 900], resized: [224, 1680], x: [0, 224], y: [728, 224] },
  { size: [50, 40], resized: [60, 70], x: [59, 1], y: [69, 1] },
  { size: [50, 40], resized: [50, 40], x: [3, 7], y: [11, 5] },
] as const)(
  "a part of a resized picture equals that part of all of it: $size to $resized",
  ({ size, resized, x, y }) => {
    const picture = pattern(size[0], size[1]);
    const part = resizedPart(picture, {
      width: resized[0],
      height: resized[1],
      x: { start: x[0], length: x[1] },
      y: { start: y[0], length: y[1] },
    });
    const { pixels, width } = whole(picture, resized[0], resized[1]);
    const rows = Array.from({ length: y[1] }, (_, row) => {
      const from = ((y[0] + row) * width + x[0]) * 3;
      return [...pixels.subarray(from, from + x[1] * 3)];
    });
    expect([...part.pixels]).toEqual(rows.flat());
    expect(part).toMatchObject({ width: x[1], height: y[1] });
  },
);

test("a part of a huge picture takes no memory for the rest", () => {
  const strip: Picture = { width: 60_000, height: 2, pixels: new Uint8Array(60_000 * 2 * 3).fill(200) };
  const middle = { start: 3_360_000 - 112, length: 224 };
  const { pixels } = resizedPart(strip, { width: 6_720_000, height: 224, x: middle, y: all(224) });
  expect(new Set(pixels)).toEqual(new Set([200]));
});
