import { mean, rowCosines } from "@pipit/test/fixtures/cosine";
import { drawPictures, drawRows, TWIN_PICTURE } from "@pipit/test/fixtures/encoder-drawn";
import { pictureVectors, textVectors } from "@pipit/test/fixtures/encoder-onnx";
import {
  bertTwin,
  clipPictureTwin,
  clipTextTwin,
  type EncoderTwin,
  packTwin,
} from "@pipit/test/fixtures/encoder-twins";
import { seeded } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../node.ts";
import { openEncoder } from "./encoder.ts";
import type { EncoderShape } from "./encoder-shape.ts";

const module = await loadBuild("simd", "encoder");
const LENGTHS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 77];

const open = async (twin: EncoderTwin) => openEncoder(module, await packTwin(twin, module));
const plain = (twin: EncoderTwin) => ({ ...twin, recipe: { ...twin.recipe, statistics: undefined } });

function expectNear(got: Float32Array, expected: Float32Array, dimensions: number): void {
  const cosines = rowCosines(got, expected, dimensions);
  console.log(`least cosine ${Math.min(...cosines).toFixed(5)} of ${cosines.length}`);
  expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.995);
}

describe.each([
  plain(bertTwin()),
  plain(bertTwin({ hidden: 64, heads: 2, layers: 3 })),
  plain(bertTwin({ hidden: 16, heads: 4, layers: 1 })),
  clipTextTwin(),
])("$name", (twin) => {
  test("answers as onnxruntime does with its floats", async () => {
    const rows = drawRows(seeded(3), LENGTHS);
    const encoder = await open(twin);
    const vectors = await encoder.encodeTokens(rows);
    expectNear(vectors, await textVectors(twin.graph, rows), encoder.about.space.dimensions);
  });

  test("gives vectors of unit length", async () => {
    const encoder = await open(twin);
    const vectors = await encoder.encodeTokens(drawRows(seeded(4), LENGTHS));
    for (const square of rowCosines(vectors, vectors, encoder.about.space.dimensions)) expect(square).toBeCloseTo(1, 5);
  });
});

test("CLIP's picture tower answers as onnxruntime does with its floats", async () => {
  const pixels = drawPictures(seeded(5), 12);
  const { graph } = clipPictureTwin();
  const encoder = await open(clipPictureTwin());
  const expected = await pictureVectors(graph, pixels, TWIN_PICTURE);
  expectNear(await encoder.encodePictures(pixels), expected, encoder.about.space.dimensions);
});

// Not all choices can be heard by a cosine of .995: what is chosen must be nearer than what is not.
interface Choices {
  readonly name: string;
  readonly twin: EncoderTwin;
  readonly others: readonly Partial<EncoderShape>[];
}

const choices: Choices[] = [
  {
    name: "BERT",
    twin: plain(bertTwin()),
    others: [{ activation: "quick-gelu" }, { attention: "causal" }, { pooling: "first" }],
  },
  {
    name: "CLIP's text tower",
    twin: clipTextTwin(),
    others: [{ activation: "gelu" }, { attention: "all" }, { pooling: "first" }],
  },
];

describe.each(choices)("$name", ({ twin, others }) => {
  test.each(others)("is farther from its model with %o", async (choice) => {
    const rows = drawRows(seeded(3), LENGTHS);
    const expected = await textVectors(twin.graph, rows);
    const [own, other] = await Promise.all([open(twin), open(withChoice(twin, choice))]);
    const { dimensions } = own.about.space;
    const [near, far] = await Promise.all([own.encodeTokens(rows), other.encodeTokens(rows)]);
    expect(mean(rowCosines(far, expected, dimensions))).toBeLessThan(mean(rowCosines(near, expected, dimensions)));
  });
});

test("the first row pooled of a text of one token is its mean", async () => {
  const twin = plain(bertTwin());
  const [one, other] = await Promise.all([open(twin), open(withChoice(twin, { pooling: "first" }))]);
  const row = drawRows(seeded(7), [1]);
  expect(await other.encodeTokens(row)).toEqual(await one.encodeTokens(row));
});

function withChoice(twin: EncoderTwin, choice: Partial<EncoderShape>): EncoderTwin {
  const { family } = twin.recipe;
  return { ...twin, recipe: { ...twin.recipe, family: { ...family, choices: { ...family.choices, ...choice } } } };
}
