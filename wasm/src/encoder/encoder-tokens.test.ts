import { projectTokens, signBits } from "@pipit/core";
import { mean, rowCosines } from "@pipit/test/fixtures/cosine";
import { drawRows } from "@pipit/test/fixtures/encoder-drawn";
import { hiddenStates } from "@pipit/test/fixtures/encoder-onnx";
import {
  bertTwin,
  clipPictureTwin,
  clipTextTwin,
  type EncoderTwin,
  packTwin,
} from "@pipit/test/fixtures/encoder-twins";
import { seeded } from "@pipit/test/fixtures/seeded";
import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { describe, expect, test } from "vitest";
import { loadBuild } from "../node.ts";
import { openEncoder } from "./encoder.ts";
import { ENCODER_BUILDS } from "./encoder-exports.ts";

const SHAPE = { width: 48, dimensions: 32 };
const modules = await Promise.all(ENCODER_BUILDS.map((build) => loadBuild(build, "encoder")));
const [module] = modules as [WebAssembly.Module];
const twin = bertTwin();
const file = await packTwin(twin, module);
const projection = twinProjection(twin.about.space, SHAPE);
const open = (options = {}) => openEncoder(module, file, { projection, ...options });
const rows = drawRows(seeded(1), [3, 256, 1, 2, 9, 40]);
const tokens = 1 + 254 + 0 + 0 + 7 + 38;

test("the vectors beside them have the bits that they have without them", async () => {
  const encoder = await open();
  const plain = await (await openEncoder(module, file)).encodeTokens(rows);
  for (const form of ["bits", "floats"] as const)
    expect((await encoder.encodeWithTokens(rows, form)).vectors).toEqual(plain);
  expect(await encoder.encodeTokens(rows)).toEqual(plain);
});

test("each id between the first and the last of a row has a vector: of unit length, or a bit a dimension", async () => {
  const encoder = await open();
  const floats = (await encoder.encodeWithTokens(rows, "floats")).tokens;
  const bits = (await encoder.encodeWithTokens(rows, "bits")).tokens;
  expect(floats.length).toBe(tokens * 32);
  for (const square of rowCosines(floats, floats, 32)) expect(square).toBeCloseTo(1, 5);
  expect(bits).toEqual(signBits(floats));
});

test("no rows, and rows of special ids only, have none", async () => {
  const encoder = await open();
  expect((await encoder.encodeWithTokens([], "bits")).tokens).toHaveLength(0);
  expect((await encoder.encodeWithTokens([[1, 2], [1]], "floats")).tokens).toHaveLength(0);
});

test("they are what the reference makes of onnxruntime's hidden states, but for the kernel's rounding", async () => {
  const plain = { ...twin, recipe: { ...twin.recipe, statistics: undefined } };
  const encoder = await openEncoder(module, await packTwin(plain, module), { projection });
  const some = drawRows(seeded(3), [3, 8, 21, 55]);
  const got = await encoder.encodeWithTokens(some, "floats");
  const expected = projectTokens(await hiddenStates(twin.graph, some), projection);
  const cosines = rowCosines(got.tokens, expected, 32);
  console.log(`token vectors: mean cosine ${mean(cosines).toFixed(5)}, least ${Math.min(...cosines).toFixed(5)}`);
  expect(mean(cosines)).toBeGreaterThanOrEqual(0.998);
  expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.99);
});

describe("a row has the same bits", () => {
  test("alone and in a batch, however many rows a pass takes", async () => {
    const together = (await (await open()).encodeWithTokens(rows, "floats")).tokens;
    const encoder = await open({ passRows: 7 });
    const alone: number[] = [];
    for (const row of rows) alone.push(...(await encoder.encodeWithTokens([row], "floats")).tokens);
    expect(Float32Array.from(alone)).toEqual(together);
    expect((await encoder.encodeWithTokens(rows, "floats")).tokens).toEqual(together);
  });

  test("in all builds", async () => {
    const expected = await (await open()).encodeWithTokens(rows, "floats");
    for (const other of modules.slice(1)) {
      const encoder = await openEncoder(other, file, { projection });
      expect(await encoder.encodeWithTokens(rows, "floats")).toEqual(expected);
    }
  });
});

test("an encoder names its token vectors, and without a projection it has none and refuses the call", async () => {
  expect((await open()).tokenSpace).toEqual(projection.tokenSpace);
  const encoder = await openEncoder(module, file);
  expect(encoder.tokenSpace).toBeUndefined();
  await expect(encoder.encodeWithTokens(rows, "bits")).rejects.toMatchObject({ code: "bad-input" });
});

describe("a projection is refused", () => {
  const refusal = async (other: EncoderTwin, given: typeof projection) =>
    openEncoder(module, await packTwin(other, module), { projection: given }).then(
      () => "opened",
      (error) => error.code,
    );

  test("of another space", async () => {
    expect(await refusal(twin, twinProjection({ id: "f".repeat(32) }, SHAPE))).toBe("space-mismatch");
  });

  test("of another width", async () => {
    expect(await refusal(twin, twinProjection(twin.about.space, { width: 64, dimensions: 32 }))).toBe("bad-model");
  });

  test("whose weights exceed a lane of the kernel's sums", async () => {
    const codes = new Int8Array(48 * 32);
    codes.fill(127, 0, 16);
    expect(await refusal(twin, twinProjection(twin.about.space, SHAPE, { codes }))).toBe("bad-model");
    codes.fill(-127, 0, 16);
    expect(await refusal(twin, twinProjection(twin.about.space, SHAPE, { codes }))).toBe("bad-model");
    codes.fill(0, 2);
    expect(await refusal(twin, twinProjection(twin.about.space, SHAPE, { codes }))).toBe("opened");
  });

  test.each([clipTextTwin(), clipPictureTwin()])("by $name, which has no hidden states to project", async (other) => {
    expect(await refusal(other, twinProjection(other.about.space, SHAPE))).toBe("unsupported");
  });
});

test("an abort and a closed encoder end the call", async () => {
  const encoder = await open();
  const aborted = encoder.encodeWithTokens(rows, "bits", AbortSignal.abort());
  await expect(aborted).rejects.toMatchObject({ code: "aborted" });
  encoder.close();
  await expect(encoder.encodeWithTokens(rows, "bits")).rejects.toMatchObject({ code: "closed" });
});

test("ids that the model does not have are bad-input", async () => {
  await expect((await open()).encodeWithTokens([[1, -1, 2]], "bits")).rejects.toMatchObject({ code: "bad-input" });
});
