import { isPipitError } from "@pipit/core";
import { jpegOf, webpOf } from "@pipit/test/fixtures/pictures/picture-encoders";
import { bmpOf, drawn, exifOf, gifOf, pngOf, rgbPng, withExif } from "@pipit/test/fixtures/pictures/picture-writers";
import { below, type Random, seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { openPictureDecoder } from "../node.ts";

const DAMAGES = 10_000;
const seed = Number(process.env.PIPIT_SEED ?? Date.now() % 1e9);
const SLOW_MS = 5_000;

const decoder = openPictureDecoder();
const files = async () => {
  const jpeg = await jpegOf(48, 40);
  const colors = Array.from({ length: 600 }, (_, at) => (at * 7) % 4);
  const frame = { left: 1, top: 2, width: 30, height: 20, isInterlaced: true, colors };
  return [
    jpeg,
    await jpegOf(40, 48, { progressive: false, color_space: 1 }),
    withExif(jpeg, exifOf(6, "2024:05:31 17:04:09")),
    await webpOf(48, 40),
    await webpOf(48, 40, { lossless: 1 }),
    rgbPng(40, 30),
    pngOf(
      { width: 40, height: 30, bits: 16, kind: 6 },
      new Uint8Array(40 * 30 * 8).map((_, at) => at * 31),
    ),
    pngOf({ width: 40, height: 30, bits: 1, kind: 0 }, drawn(5, 10)),
    gifOf(40, 30, [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42], frame),
    bmpOf({ width: 20, height: 15, bits: 24 }, drawn(20, 15)),
    fourChannels(jpeg),
  ];
};

/** Names a fourth channel, which there is none of, so that another codec reads it. */
function fourChannels(jpeg: Uint8Array): Uint8Array {
  const changed = jpeg.slice();
  const frame = changed.findIndex((byte, at) => byte === 0xff && /^c[012]$/.test(changed[at + 1]!.toString(16)));
  changed[frame + 9] = 4;
  return changed;
}

/** Some bits are turned, or some bytes replaced, or the end is cut off. */
function damaged(file: Uint8Array, random: Random): Uint8Array {
  const kind = below(random, 3);
  if (kind === 0) return file.slice(0, below(random, file.length));
  const changed = file.slice();
  const places = 1 + below(random, 8);
  for (let each = 0; each < places; each += 1) {
    const at = below(random, below(random, 2) === 0 ? Math.min(64, file.length) : file.length);
    if (kind === 1) changed[at]! ^= 1 << below(random, 8);
    else changed[at] = below(random, 256);
  }
  return changed;
}

test(`${DAMAGES} damaged pictures are decoded or refused with a typed error, each in time (seed ${seed})`, async () => {
  const random = seeded(seed);
  const sound = await files();
  const outcomes = new Map<string, number>();
  for (let each = 0; each < DAMAGES; each += 1) {
    const file = damaged(sound[each % sound.length]!, random);
    const start = performance.now();
    const outcome = await decoder.decode(file, { maxPixels: 2_000_000 }).then(
      ({ width, height, pixels }) => (pixels.length === width * height * 3 ? "decoded" : "of another size"),
      (error: unknown) => (isPipitError(error) ? error.code : `${error}`),
    );
    expect(performance.now() - start, `damage ${each}`).toBeLessThan(SLOW_MS);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  expect([...outcomes.keys()].filter((outcome) => !EXPECTED.has(outcome))).toEqual([]);
  expect(outcomes.get("bad-media")).toBeGreaterThan(DAMAGES / 10);
  expect(outcomes.get("decoded")).toBeGreaterThan(DAMAGES / 20);
  // The decoder is as it was.
  expect([...(await decoder.decode(rgbPng(40, 30))).pixels]).toEqual([...drawn(40, 30)]);
});

const EXPECTED = new Set(["decoded", "bad-media", "bad-input", "unsupported"]);
