import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createLane, createTextTokenizer, MINILM, textPiece } from "@pipit/core";
import { type Encoder, openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { MINILM_RECIPE, packModel } from "@pipit/wasm/pack";
import { beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../fixtures/assets.ts";
import { mean, rowCosines } from "../../fixtures/cosine.ts";
import { minilmFiles, minilmFolder, openMinilm, referenceTexts, referenceVectors } from "../../fixtures/minilm.ts";
import { textSets } from "../../fixtures/text-sets.ts";

const sets = assetPath("text");
const isFull = Boolean(process.env.PIPIT_FULL);
const SAMPLE = 600;

describe.skipIf(!minilmFolder)("MiniLM packed for the kernel", () => {
  const folder = minilmFolder!;
  let encoder: Encoder;
  let file: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    file = await packed("fp32");
    encoder = await openEncoder(await loadBuild("simd", "encoder"), file);
  });

  async function packed(variant: "fp32" | "q8") {
    const producer = MINILM.variants[variant]!.packedAs!;
    const about = { space: MINILM.space, producer };
    const { weights } = minilmFiles(folder, variant);
    return packModel(weights, { recipe: MINILM_RECIPE, about }, await loadBuild("simd", "encoder"));
  }

  const idsOf = () => referenceTexts(folder).map(({ ids }) => ids);

  test("is the file whose digest the registry knows", () => {
    const [digest] = MINILM.variants.packed!.weights.accepts;
    expect(file.length).toBe(digest!.bytes);
    expect(createHash("sha256").update(file).digest("hex")).toBe(digest!.sha256);
  });

  test("speaks MiniLM's space as the producer that the registry names", () => {
    // A packed file does not contain the scripts that a model reads.
    const { scripts: _, ...space } = MINILM.space;
    expect(encoder.about).toEqual({ space, producer: MINILM.variants.packed!.producer });
  });

  test("is as near to PyTorch over the reference texts as the registry says", async () => {
    const cosines = rowCosines(await encoder.encodeTokens(idsOf()), referenceVectors(folder, "fp32"), 384);
    say("fp32, reference texts", cosines);
    const { fidelity } = MINILM.variants.packed!.producer;
    expect(cosines).toHaveLength(102);
    expect(mean(cosines)).toBeGreaterThanOrEqual(Math.max(0.997, fidelity.mean - 5e-5));
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(fidelity.min - 5e-5);
  });

  test("packed from the quantized file is as near as the registry says of that", async () => {
    const other = await openEncoder(await loadBuild("simd", "encoder"), await packed("q8"));
    const cosines = rowCosines(await other.encodeTokens(idsOf()), referenceVectors(folder, "fp32"), 384);
    say("q8, reference texts", cosines);
    const { fidelity } = MINILM.variants.q8!.packedAs!;
    expect(mean(cosines)).toBeGreaterThanOrEqual(Math.max(0.995, fidelity.mean - 5e-5));
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(fidelity.min - 5e-5);
  });

  test("has the same bits in all three builds over the reference texts", async () => {
    const expected = await encoder.encodeTokens(idsOf());
    for (const build of ["relaxed", "maddubs"] as const) {
      const other = await openEncoder(await loadBuild(build, "encoder"), file);
      expect(
        Buffer.compare(Buffer.from((await other.encodeTokens(idsOf())).buffer), Buffer.from(expected.buffer)),
      ).toBe(0);
    }
  });

  test.skipIf(!sets)("stays near fp32 over STS-B's sentences, and ranks pairs as it does", async () => {
    const stsb = textSets(sets!)[0]!;
    const all = [...stsb.queries, ...stsb.documents];
    const sentences = isFull ? all : all.filter((_, i) => i % Math.floor(all.length / SAMPLE) === 0);
    const expected = await onnxVectors(sentences);
    const tokenizer = createTextTokenizer(new Uint8Array(readFileSync(`${folder}/tokenizer.json`)), MINILM);
    const vectors = await encoder.encodeTokens(sentences.map((sentence) => tokenizer.encode(sentence)));
    const cosines = rowCosines(vectors, expected, 384);
    say(`fp32, ${sentences.length} sentences of STS-B`, cosines);
    expect(mean(cosines)).toBeGreaterThanOrEqual(0.998);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.99);
    if (!isFull) return;
    const [got, reference] = [vectors, expected].map((rows) => stsb.score(...halves(rows, stsb.queries.length)));
    console.log(`Spearman ${got!.toFixed(4)}, fp32 ${reference!.toFixed(4)}`);
    expect(Math.abs(got! - reference!)).toBeLessThanOrEqual(0.001);
  });

  async function onnxVectors(sentences: readonly string[]): Promise<Float32Array> {
    const lane = createLane(await openMinilm(folder, "fp32"));
    const vectors = await lane.embed(sentences.map(textPiece), { priority: "bulk" });
    await lane.close();
    return vectors;
  }
});

function halves(rows: Float32Array, first: number) {
  const vectors = (part: Float32Array) => ({ rows: part, dimensions: 384 });
  return [vectors(rows.subarray(0, first * 384)), vectors(rows.subarray(first * 384))] as const;
}

function say(what: string, cosines: readonly number[]): void {
  console.log(`${what}: mean ${mean(cosines).toFixed(5)}, min ${Math.min(...cosines).toFixed(5)}`);
}
