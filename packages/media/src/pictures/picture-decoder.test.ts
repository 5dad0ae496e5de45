import { jpegOf, webpOf } from "@pipit/test/fixtures/pictures/picture-encoders";
import {
  bmpOf,
  bytesOf,
  drawn,
  exifOf,
  gifOf,
  type PngShape,
  pngChunk,
  pngOf,
  rgbPng,
  u32le,
  withExif,
} from "@pipit/test/fixtures/pictures/picture-writers";
import { describe, expect, test, vi } from "vitest";
import { openPictureDecoder } from "../node.ts";
import { createPictureDecoder } from "./picture-decoder.ts";

const decoder = openPictureDecoder();

const pixelsOf = async (file: Uint8Array) => [...(await decoder.decode(file)).pixels];
const threefold = (values: readonly number[]) => values.flatMap((value) => [value, value, value]);

describe("PNG of every kind of pixels becomes RGB", () => {
  const palette = pngChunk("PLTE", [9, 8, 7, 60, 50, 40, 200, 100, 0, 255, 254, 253]);
  const transparency = pngChunk("tRNS", [0, 128]);
  const cases: readonly (readonly [PngShape["kind"], PngShape["bits"], readonly number[], readonly number[]])[] = [
    [0, 1, [0b10000000], threefold([255, 0])],
    [0, 2, [0b01110000], threefold([85, 255])],
    [0, 4, [0x3f], threefold([51, 255])],
    [0, 8, [7, 200], threefold([7, 200])],
    [0, 16, [7, 99, 200, 1], threefold([7, 200])],
    [2, 8, [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]],
    [2, 16, [1, 90, 2, 90, 3, 90, 4, 90, 5, 90, 6, 90], [1, 2, 3, 4, 5, 6]],
    [3, 1, [0b10000000], [60, 50, 40, 9, 8, 7]],
    [3, 2, [0b11100000], [255, 254, 253, 200, 100, 0]],
    [3, 4, [0x21], [200, 100, 0, 60, 50, 40]],
    [3, 8, [0, 1], [9, 8, 7, 60, 50, 40]],
    [4, 8, [7, 0, 200, 255], threefold([7, 200])],
    [4, 16, [7, 9, 0, 0, 200, 9, 255, 255], threefold([7, 200])],
    [6, 8, [1, 2, 3, 0, 4, 5, 6, 255], [1, 2, 3, 4, 5, 6]],
    [6, 16, [1, 9, 2, 9, 3, 9, 0, 0, 4, 9, 5, 9, 6, 9, 255, 255], [1, 2, 3, 4, 5, 6]],
  ];
  test.each(cases)("kind %i of %i bits", async (kind, bits, row, expected) => {
    const more = kind === 3 ? [palette, transparency] : [];
    expect(await pixelsOf(pngOf({ width: 2, height: 1, bits, kind }, Uint8Array.from(row), more))).toEqual(expected);
  });
});

describe("lossy pictures are close to what was drawn", () => {
  const distance = async (file: Uint8Array) => {
    const { width, height, pixels } = await decoder.decode(file);
    expect([width, height]).toEqual([64, 48]);
    const expected = drawn(64, 48);
    return pixels.reduce((sum, value, at) => sum + Math.abs(value - expected[at]!), 0) / pixels.length;
  };
  test.each([
    ["JPEG", () => jpegOf(64, 48, { quality: 95 })],
    ["JPEG without progression", () => jpegOf(64, 48, { quality: 95, progressive: false })],
    ["WebP", () => webpOf(64, 48, { quality: 95 })],
    ["WebP without loss", () => webpOf(64, 48, { lossless: 1 })],
  ])("%s", async (_, make) => {
    expect(await distance(await make())).toBeLessThan(10);
  });
});

describe("EXIF", () => {
  test("turns JPEG, and gives the date", async () => {
    const jpeg = await jpegOf(30, 20);
    const upright = await decoder.decode(jpeg);
    const turned = await decoder.decode(withExif(jpeg, exifOf(3, "2024:05:31 17:04:09")));
    expect(turned.takenAt).toBe("2024-05-31T17:04:09");
    expect("takenAt" in upright).toBe(false);
    const rows = (pixels: Uint8Array) => [...pixels].flatMap((_, at) => (at % 3 === 0 ? [pixels[at]] : []));
    expect(rows(turned.pixels)).toEqual(rows(upright.pixels).toReversed());
    expect(await decoder.decode(withExif(jpeg, exifOf(6)))).toMatchObject({ width: 20, height: 30 });
  });

  test("turns PNG", async () => {
    const pixels = [1, 1, 1, 2, 2, 2];
    const file = rgbPng(2, 1, Uint8Array.from(pixels), [pngChunk("eXIf", exifOf(8))]);
    expect(await decoder.decode(file)).toMatchObject({ width: 1, height: 2 });
    expect(await pixelsOf(file)).toEqual([2, 2, 2, 1, 1, 1]);
  });

  test.each(["", "Exif\0\0"])("turns WebP (%j before its block)", async (prefix) => {
    const lossless = await webpOf(4, 2, { lossless: 1 });
    const block = bytesOf(prefix, exifOf(8));
    const chunks = [
      bytesOf("VP8X", u32le(10), [0b1000, 0, 0, 0, 3, 0, 0, 1, 0, 0]),
      lossless.subarray(12),
      bytesOf("EXIF", u32le(block.length), block, block.length % 2 === 0 ? [] : [0]),
    ];
    const file = bytesOf("RIFF", u32le(4 + chunks.reduce((sum, { length }) => sum + length, 0)), "WEBP", ...chunks);
    expect(await decoder.decode(file)).toMatchObject({ width: 2, height: 4 });
  });
});

describe("too many pixels are refused before any codec is asked", () => {
  const untouched = () => Promise.reject(new Error("a codec was asked"));
  const guarded = createPictureDecoder({ modules: { jpeg: untouched, png: untouched, webp: untouched } });
  const png = (width: number, height: number) => pngOf({ width, height, bits: 8, kind: 0 }, new Uint8Array(height));
  const jpegFrame = bytesOf([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 255, 255, 255, 255, 1, 1, 0x11, 0, 0xff, 0xda]);
  test.each([
    ["PNG", png(2 ** 31 - 1, 1)],
    ["PNG, both sides", png(8000, 8000)],
    ["JPEG", jpegFrame],
    ["GIF", gifOf(65_535, 65_535, [0, 0, 0, 1, 1, 1], { left: 0, top: 0, width: 1, height: 1, colors: [0] })],
    ["BMP", bmpOf({ width: 60_000, height: -60_000, bits: 1 }, new Uint8Array())],
    ["WebP", bytesOf("RIFF", u32le(22), "WEBPVP8X", u32le(10), [0, 0, 0, 0, 255, 255, 0, 255, 255, 0])],
  ])("%s", async (_, file) => {
    await expect(guarded.decode(file)).rejects.toMatchObject({
      code: "bad-input",
      expected: "at most 60,000,000 pixels",
    });
  });

  test("with a limit of the caller's", async () => {
    await expect(decoder.decode(rgbPng(30, 20), { maxPixels: 599 })).rejects.toMatchObject({ code: "bad-input" });
    expect(await decoder.decode(rgbPng(30, 20), { maxPixels: 600 })).toMatchObject({ width: 30, height: 20 });
  });

  test("of a GIF whose frame is larger than its screen", async () => {
    const frame = { left: 0, top: 0, width: 65_535, height: 65_535, colors: [0] };
    const file = gifOf(1, 1, [0, 0, 0, 1, 1, 1], frame);
    await expect(decoder.decode(file, { maxPixels: 1_000_000 })).rejects.toMatchObject({ code: "bad-input" });
  });
});

describe("a damaged file", () => {
  const refused = { code: "bad-media", expected: "a complete picture" };
  const files = async () => [
    await jpegOf(64, 48),
    await webpOf(64, 48),
    rgbPng(64, 48),
    gifOf(2, 2, [0, 0, 0, 1, 1, 1], { left: 0, top: 0, width: 2, height: 2, colors: [0, 1, 1, 0] }),
    bmpOf({ width: 4, height: 4, bits: 24 }, new Uint8Array(48)),
  ];

  test("is refused when it is cut off, and the next picture is decoded", async () => {
    for (const file of await files()) {
      const whole = await decoder.decode(file);
      for (const part of [0.5, 0.8]) {
        const cut = file.subarray(0, Math.floor(file.length * part));
        await expect(decoder.decode(cut), whole.format).rejects.toMatchObject(refused);
      }
      expect((await decoder.decode(file)).pixels).toEqual(whole.pixels);
    }
  });

  test("of nothing but its first bytes is refused", async () => {
    for (const file of await files()) {
      await expect(decoder.decode(file.subarray(0, 12))).rejects.toMatchObject(refused);
    }
  });

  test("of other bits in a PNG's pixels or palette is refused, in its notes it is not", async () => {
    const palette = pngChunk("PLTE", [9, 8, 7, 60, 50, 40]);
    const note = pngChunk("tEXt", bytesOf("Comment\0of a bird"));
    const file = pngOf({ width: 2, height: 1, bits: 8, kind: 3 }, Uint8Array.of(0, 1), [palette, note]);
    const flipped = (name: string) => {
      const changed = file.slice();
      changed[Buffer.from(file).indexOf(name) + 4]! ^= 1;
      return changed;
    };
    for (const name of ["IHDR", "PLTE", "IDAT"]) {
      await expect(decoder.decode(flipped(name)), name).rejects.toMatchObject(refused);
    }
    expect(await pixelsOf(flipped("tEXt"))).toEqual([9, 8, 7, 60, 50, 40]);
  });

  test("a hundred times leaves the decoder as it was", async () => {
    const sound = rgbPng(40, 30);
    const broken = sound.slice();
    broken.fill(0, 60, 80);
    for (let each = 0; each < 100; each += 1) await expect(decoder.decode(broken)).rejects.toMatchObject(refused);
    expect(await pixelsOf(sound)).toEqual([...drawn(40, 30)]);
  });

  test("without a pixel is refused", async () => {
    const empty = bmpOf({ width: 0, height: 5, bits: 24 }, new Uint8Array());
    await expect(decoder.decode(empty)).rejects.toMatchObject(refused);
    const negative = bmpOf({ width: -3, height: 5, bits: 24 }, new Uint8Array(100));
    await expect(decoder.decode(negative)).rejects.toMatchObject(refused);
  });

  test("whose header names another size than its pixels have is refused", async () => {
    const lossless = (await webpOf(4, 2, { lossless: 1 })).subarray(12);
    const head = bytesOf("VP8X", u32le(10), [0, 0, 0, 0, 8, 0, 0, 1, 0, 0]);
    const file = bytesOf("RIFF", u32le(4 + head.length + lossless.length), "WEBP", head, lossless);
    await expect(decoder.decode(file)).rejects.toMatchObject(refused);
  });
});

describe("what is no picture that is decoded here", () => {
  test.each([
    ["SVG", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG file"],
    ["a text", "hello", "a file of no known format"],
    ["nothing", "", "a file of no known format"],
    ["TIFF", "II*\0........", "a file of the format TIFF"],
    ["AVIF", "\0\0\0\x20ftypavif....", "a file of the format AVIF"],
    ["HEIC", "\0\0\0\x20ftypheic....", "a file of the format HEIC"],
  ])("%s is refused as unsupported", async (_, text, got) => {
    const refused = { code: "unsupported", got, expected: "a picture as JPEG, PNG, WebP, GIF or BMP" };
    await expect(decoder.decode(bytesOf(text))).rejects.toMatchObject(refused);
  });

  test("an animated WebP, and BMP with compressed rows, too", async () => {
    const animated = bytesOf("RIFF", u32le(22), "WEBPVP8X", u32le(10), [2, 0, 0, 0, 9, 0, 0, 9, 0, 0]);
    await expect(decoder.decode(animated)).rejects.toMatchObject({ code: "unsupported", got: "an animated WebP file" });
    const packed = bmpOf({ width: 2, height: 2, bits: 8, compression: 1 }, new Uint8Array(8));
    await expect(decoder.decode(packed)).rejects.toMatchObject({ code: "unsupported" });
  });

  test("goes to the host's own decoder, and its pixels are marked", async () => {
    const data = Uint8Array.from([1, 2, 3, 255, 4, 5, 6, 255]);
    const foreign = vi.fn(async () => ({ width: 2, height: 1, channels: 4, data }) as const);
    const hosted = createPictureDecoder({ modules: {} as never, foreign });
    const picture = await hosted.decode(bytesOf("II*\0........"));
    expect(picture).toMatchObject({ width: 2, height: 1, format: "tiff", isForeign: true });
    expect([...picture.pixels]).toEqual([1, 2, 3, 4, 5, 6]);
    await expect(hosted.decode(bytesOf("II*\0........"), { maxPixels: 1 })).rejects.toMatchObject({
      code: "bad-input",
    });
    await expect(hosted.decode(bytesOf("<svg>"))).rejects.toMatchObject({ code: "unsupported" });
    expect(foreign).toHaveBeenCalledTimes(2);
  });
});

describe("a call", () => {
  test("is aborted before and after its turn", async () => {
    await expect(decoder.decode(rgbPng(4, 4), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "aborted",
    });
    const controller = new AbortController();
    const decoding = decoder.decode(await jpegOf(400, 300), { signal: controller.signal });
    controller.abort();
    await expect(decoding).rejects.toMatchObject({ code: "aborted" });
  });

  test("waits for those before it, so that one picture at a time takes memory", async () => {
    const order: number[] = [];
    const widths = [300, 2, 40, 3];
    await Promise.all(widths.map(async (width) => order.push((await decoder.decode(rgbPng(width, 2))).width)));
    expect(order).toEqual(widths);
  });

  test("fails with the error of a codec that cannot be had, and the next one asks again", async () => {
    const png = vi.fn(() => Promise.reject(new Error("offline")));
    const hosted = createPictureDecoder({ modules: { png } as never });
    const unavailable = { code: "model-unavailable", got: "offline" };
    await expect(hosted.decode(rgbPng(2, 2))).rejects.toMatchObject(unavailable);
    await expect(hosted.decode(rgbPng(2, 2))).rejects.toMatchObject(unavailable);
    expect(png).toHaveBeenCalledTimes(2);
  });
});
