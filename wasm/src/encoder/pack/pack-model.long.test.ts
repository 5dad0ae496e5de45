import { rowCosines } from "@pipit/test/fixtures/cosine";
import { drawRows, TWIN_WORDS } from "@pipit/test/fixtures/encoder-drawn";
import {
  f32Tensor,
  joinSafetensors,
  type SafeTensor,
  writeSafetensors,
} from "@pipit/test/fixtures/encoder-graphs-safetensors";
import {
  bertTwin,
  clipPictureTwin,
  clipTextTwin,
  type EncoderTwin,
  packTwin,
} from "@pipit/test/fixtures/encoder-twins";
import { twinGraph } from "@pipit/test/fixtures/minilm-twin-graph";
import { seeded } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import { openEncoder } from "../encoder.ts";
import { ENCODER_BUILDS } from "../encoder-exports.ts";
import { openWeights } from "../weights/open-weights.ts";
import { MINILM_RECIPE, packModel } from "./pack.ts";

const module = await loadBuild("simd", "encoder");
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

/** The twin's weights as PyTorch saves them, by name. */
function tensorsOf({ graph }: EncoderTwin): Record<string, SafeTensor> {
  const source = openWeights(graph);
  return Object.fromEntries(source.names.map((name) => [name, f32Tensor(source.dims(name)!, source.read(name))]));
}

function packTensors(tensors: Record<string, SafeTensor>, { recipe, about }: EncoderTwin) {
  return packModel(writeSafetensors(tensors), { recipe, about }, module);
}

describe.each([bertTwin(), clipTextTwin(), clipPictureTwin()])("packing $name", (twin) => {
  test("gives the same bytes each time, whichever build sums", async () => {
    const file = await packTwin(twin, module);
    for (const build of ENCODER_BUILDS)
      expect(same(await packTwin(twin, await loadBuild(build, "encoder")), file)).toBe(true);
  });

  test("gives the same bytes from safetensors as from ONNX", async () => {
    expect(same(await packTensors(tensorsOf(twin), twin), await packTwin(twin, module))).toBe(true);
  });

  test("without any one of its weights is bad-model, by name", async () => {
    const all = tensorsOf(twin);
    for (const name of Object.keys(all)) {
      const { [name]: _, ...others } = all;
      const packing = packTensors(others, twin);
      await expect(packing, name).rejects.toMatchObject({ code: "bad-model" });
      await expect(packing, name).rejects.toThrow(name);
    }
  });

  test("with any one of its weights in another shape is refused", async () => {
    const all = tensorsOf(twin);
    for (const [name, { shape, bytes }] of Object.entries(all)) {
      const longer = { dtype: "F32", shape: [shape[0]! + 1, ...shape.slice(1)], bytes: grown(bytes, shape) };
      const code = expect.stringMatching(/^(bad-model|unsupported)$/);
      // Tables of words and types, and of a text's positions, may have as many rows as they like.
      const isFree = /(word|token_type|token|position)_embedding/.test(name) && !name.startsWith("vision");
      if (!isFree) await expect(packTensors({ ...all, [name]: longer }, twin), name).rejects.toMatchObject({ code });
    }
  });

  test("an abort is heard, and progress told layer by layer", async () => {
    const { graph, recipe, about } = twin;
    const told: string[] = [];
    const onProgress = (done: number, total: number) => told.push(`${done}/${total}`);
    await packModel(graph, { recipe, about, onProgress }, module);
    expect(told.at(-1)).toBe("2/2");
    const signal = AbortSignal.abort();
    await expect(packModel(graph, { recipe, about, signal }, module)).rejects.toMatchObject({ code: "aborted" });
  });
});

/** A row more. */
function grown(bytes: Uint8Array, [rows = 1]: readonly number[]): Uint8Array {
  const longer = new Uint8Array((bytes.length / rows) * (rows + 1));
  longer.set(bytes);
  return longer;
}

test("a file that is no model is bad-model", async () => {
  const { recipe, about } = bertTwin();
  for (const file of [new Uint8Array(0), new Uint8Array(100), joinSafetensors({}, []), clipTextTwin().graph])
    await expect(packModel(file, { recipe, about }, module)).rejects.toMatchObject({
      code: expect.stringMatching(/^(bad-model|unsupported)$/),
    });
});

describe("a shape that the kernel does not compute is unsupported:", () => {
  const plain = { ...bertTwin().recipe, statistics: undefined };
  const packed = (shape: { hidden: number; heads: number }) => {
    const graph = twinGraph({ vocabulary: 20, layers: 1, positions: 16, ...shape });
    return packModel(graph, { recipe: { ...plain, heads: shape.heads }, about: bertTwin().about }, module);
  };

  test.each([8, 24, 40, 100])("a width of %i", async (hidden) => {
    await expect(packed({ hidden, heads: 2 })).rejects.toMatchObject({ code: "unsupported" });
  });

  test.each([0, 5, 24, 1.5, -4, Number.NaN])("%d heads in a width of 48", async (heads) => {
    const { graph, about } = bertTwin();
    const packing = packModel(graph, { recipe: { ...plain, heads }, about }, module);
    await expect(packing).rejects.toMatchObject({ code: "unsupported" });
  });

  test("a head of more than 128 values", async () => {
    await expect(packed({ hidden: 256, heads: 1 })).rejects.toMatchObject({ code: "unsupported" });
  });

  test.each([0, -1, 2.5])("a window of %d", async (positions) => {
    const { graph, about } = bertTwin();
    const packing = packModel(graph, { recipe: { ...plain, positions }, about }, module);
    await expect(packing).rejects.toMatchObject({ code: "unsupported" });
  });
});

test("statistics of another model are refused", async () => {
  const { graph, about } = bertTwin();
  await expect(packModel(graph, { recipe: MINILM_RECIPE, about }, module)).rejects.toMatchObject({ code: "bad-input" });
});

test("a smaller window keeps the vectors of what fits it", async () => {
  const twin = bertTwin();
  const short = { ...twin, recipe: { ...twin.recipe, positions: 16 } };
  const [one, other] = [await packTwin(twin, module), await packTwin(short, module)];
  expect(other.length).toBeLessThan(one.length);
  const encoder = await openEncoder(module, other);
  const rows = drawRows(seeded(1), [1, 9, 16]);
  expect(encoder.shape.positions).toBe(16);
  expect(await encoder.encodeTokens(rows)).toEqual(await (await openEncoder(module, one)).encodeTokens(rows));
  await expect(encoder.encodeTokens(drawRows(seeded(1), [17]))).rejects.toMatchObject({ code: "bad-input" });
});

test("smoothing moves values between inputs and weights and changes nothing else", async () => {
  const twin = bertTwin();
  const plain = { ...twin, recipe: { ...twin.recipe, statistics: undefined } };
  const [smoothed, exact] = await Promise.all(
    [twin, plain].map(async (each) => openEncoder(module, await packTwin(each, module))),
  );
  const rows = drawRows(seeded(2), [1, 3, 17, 80, 256]);
  const [got, expected] = [await smoothed!.encodeTokens(rows), await exact!.encodeTokens(rows)];
  const cosines = rowCosines(got, expected, 48);
  console.log(`smoothed by made-up statistics: least cosine ${Math.min(...cosines).toFixed(5)}`);
  expect(got).not.toEqual(expected);
  expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.99);
});

test("the vocabulary is what the table of tokens has", async () => {
  expect((await openEncoder(module, await packTwin(bertTwin(), module))).shape.vocabulary).toBe(TWIN_WORDS);
});
