import { readFileSync } from "node:fs";
import { openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { CLIP_PICTURE, CLIP_TEXT, type EncoderFamily, packModel } from "@pipit/wasm/pack";
import { describe, expect, test } from "vitest";
import { assetPath } from "../../fixtures/assets.ts";
import { mean, rowCosines } from "../../fixtures/cosine.ts";

const folder = assetPath("models/clip-twin");
const golden = assetPath("golden/clip");
const END = 49_407;
const SIDE = 224;
const MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
const DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;

describe.skipIf(!folder || !golden)("CLIP's twin of PyTorch's exporter, packed for the kernel", () => {
  test("answers texts as PyTorch does", async () => {
    const texts: { readonly ids: readonly number[] }[] = JSON.parse(read("reference/texts.json").toString());
    const rows = texts.map(({ ids }) => ids.slice(0, ids.indexOf(END) + 1));
    const encoder = await open("text_model", CLIP_TEXT);
    expectNear(await encoder.encodeTokens(rows), floats("reference/texts.f32"), 102);
  });

  test("answers pictures as PyTorch does", async () => {
    const { cases }: { cases: { readonly pixels: string }[] } = JSON.parse(
      readFileSync(`${golden}/cases.json`, "utf8"),
    );
    const pictures = cases.map(({ pixels }) => planes(readFileSync(`${golden}/${pixels}`)));
    const all = new Float32Array(pictures.length * 3 * SIDE ** 2);
    for (const [i, picture] of pictures.entries()) all.set(picture, i * picture.length);
    const encoder = await open("vision_model", CLIP_PICTURE);
    expectNear(await encoder.encodePictures(all), floats("reference/images.f32"), 30);
  });
});

async function open(tower: string, family: EncoderFamily) {
  const module = await loadBuild("simd", "encoder");
  const space = { id: "0123456789abcdef0123456789abcdef", name: tower, dimensions: 512 };
  const about = { space, producer: { name: tower, fidelity: { mean: 1, min: 0.99 } } };
  const file = await packModel(
    new Uint8Array(read(`onnx/${tower}.onnx`)),
    { recipe: { family, heads: 4 }, about },
    module,
  );
  return openEncoder(module, file);
}

function expectNear(got: Float32Array, expected: Float32Array, count: number): void {
  const cosines = rowCosines(got, unitRows(expected), 512);
  console.log(`mean ${mean(cosines).toFixed(5)}, min ${Math.min(...cosines).toFixed(5)}`);
  expect(cosines).toHaveLength(count);
  expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.995);
}

const read = (path: string) => readFileSync(`${folder}/${path}`);
const floats = (path: string) => new Float32Array(new Uint8Array(read(path)).buffer);

/** Converts [side][side][3] bytes to [3][side][side], with mean about 0 and deviation 1. */
function planes(pixels: Uint8Array): Float32Array {
  const plane = SIDE ** 2;
  return Float32Array.from({ length: 3 * plane }, (_, i) => {
    const colour = Math.floor(i / plane);
    return (pixels[(i % plane) * 3 + colour]! / 255 - MEAN[colour]!) / DEVIATION[colour]!;
  });
}

function unitRows(rows: Float32Array): Float32Array {
  const lengths = Array.from({ length: rows.length / 512 }, (_, i) =>
    Math.hypot(...rows.subarray(i * 512, (i + 1) * 512)),
  );
  return rows.map((value, i) => value / lengths[Math.floor(i / 512)]!);
}
