/**
 * Writes wasm/minilm-tokens.pipit: the projection of MiniLM's hidden states to token vectors of 128 dimensions, fitted to
 * texts that are licensed CC BY 4.0. `node --conditions=pipit-source wasm/scripts/make-token-projection.ts ASSETS`, where ASSETS
 * holds models/all-MiniLM-L6-v2 and text/train; it takes some minutes. The same assets give the same bytes on every machine: the
 * kernel's bits are the same everywhere, and the rest is +, -, *, / and square roots of f64.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createTextTokenizer, MINILM, readTokenProjection, writeTokenProjection } from "@pipit/core";
import { readEncoderFile } from "../src/encoder/encoder-file.ts";
import { EncoderKernel } from "../src/encoder/encoder-kernel.ts";
import { encoderPass } from "../src/encoder/encoder-pass.ts";
import { packRow } from "../src/encoder/pack/pack-matrix.ts";
import { packModel } from "../src/encoder/pack/pack-model.ts";
import { MINILM_RECIPE } from "../src/encoder/pack/recipes.ts";
import { loadBuild } from "../src/node.ts";
import { eigenvectors } from "./eigenvectors.ts";
import { signRotation, times } from "./sign-rotation.ts";
import { trainTexts } from "./train-texts.ts";

/** Texts taken of each file, evenly spread over it. */
const TEXTS = { "openstax-paragraphs": 1500, "openstax-titles": 800, "nlu-evaluation": 1500 };
const DIMENSIONS = 128;
const WIDTH = 384;
/** One token in so many counts: neighbours resemble each other. */
const COVARIANCE_STEP = 3;
const ROTATION_STEP = 7;
const OUT = fileURLToPath(new URL("../minilm-tokens.pipit", import.meta.url));

const [assets] = process.argv.slice(2);
if (!assets) throw new Error("got no folder, expected one with models/all-MiniLM-L6-v2 and text/train. Name it.");
const read = (path: string) => new Uint8Array(readFileSync(`${assets}/models/all-MiniLM-L6-v2/${path}`));

/** Hidden states of all tokens but the special ones, of unit length, as the kernel hands them to a matrix. */
async function unitStates(rows: readonly (readonly number[])[]): Promise<Float64Array[]> {
  const module = await loadBuild("maddubs", "encoder");
  const kernel = new EncoderKernel(module, 2 ** 30);
  const about = { space: MINILM.space, producer: MINILM.variants.packed!.producer };
  const file = await packModel(read("onnx/model.onnx"), { recipe: MINILM_RECIPE, about }, module);
  const place = kernel.placeFile(file.length);
  place.set(file);
  const opened = await readEncoderFile(place, kernel.hash);
  kernel.use(opened);
  return rows.flatMap((row) => {
    kernel.begin({ lengths: [row.length], ids: Uint32Array.from(row), positions: Uint32Array.from(row.keys()) });
    for (const _ of encoderPass(kernel, opened.shape));
    const states = kernel.read("normed");
    return Array.from({ length: row.length - 2 }, (_, i) => unit(states.subarray((i + 1) * WIDTH, (i + 2) * WIDTH)));
  });
}

function unit(state: Float32Array): Float64Array {
  const values = Float64Array.from(state);
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
}

function meanOf(states: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(WIDTH);
  for (const state of states) for (let i = 0; i < WIDTH; i++) mean[i]! += state[i]! / states.length;
  return mean;
}

function covarianceOf(centred: readonly Float64Array[]): Float64Array {
  const values = new Float64Array(WIDTH * WIDTH);
  for (const state of centred) {
    for (let i = 0; i < WIDTH; i++) for (let j = 0; j <= i; j++) values[i * WIDTH + j]! += state[i]! * state[j]!;
  }
  for (let i = 0; i < WIDTH; i++) for (let j = 0; j < i; j++) values[j * WIDTH + i] = values[i * WIDTH + j]!;
  return values;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const everyNth = <Item>(items: readonly Item[], step: number) => items.filter((_, i) => i % step === 0);

/** Principal axes, rotated so that signs tell most. */
function axesOf(centred: readonly Float64Array[]): Float64Array[] {
  const covariance = covarianceOf(everyNth(centred, COVARIANCE_STEP));
  const principal = eigenvectors({ values: covariance, size: WIDTH }).slice(0, DIMENSIONS);
  const projected = everyNth(centred, ROTATION_STEP).flatMap((state) => principal.map((axis) => dot(axis, state)));
  return times(signRotation(Float64Array.from(projected), DIMENSIONS), principal);
}

/** Axes as the file has them; the offsets are those of the rounded axes. */
function projectionFile(axes: readonly Float64Array[], mean: Float64Array): Uint8Array {
  const packed = axes.map((axis) => packRow(Float32Array.from(axis)));
  const codes = new Int8Array(DIMENSIONS * WIDTH);
  for (const [row, { codes: own }] of packed.entries()) codes.set(own, row * WIDTH);
  return writeTokenProjection({
    spaceId: MINILM.space.id,
    width: WIDTH,
    dimensions: DIMENSIONS,
    scales: Float32Array.from(packed, ({ scale }) => scale),
    offsets: Float32Array.from(packed, ({ codes, scale }) => dot(Float64Array.from(codes), mean) * scale),
    codes,
  });
}

const tokenizer = createTextTokenizer(read("tokenizer.json"), MINILM);
const texts = Object.entries(TEXTS).flatMap(([file, count]) => trainTexts(assets, file, count));
const states = await unitStates(texts.map((text) => tokenizer.encode(text)));
const mean = meanOf(states);
const file = projectionFile(axesOf(states.map((state) => state.map((value, i) => value - mean[i]!))), mean);
writeFileSync(OUT, file);
const sha256 = createHash("sha256").update(file).digest("hex");
console.log(`${texts.length} texts, ${states.length} tokens: ${OUT}, ${file.length} bytes`);
console.log(`sha256 ${sha256}, tokens ${readTokenProjection(file).tokenSpace.id}`);
