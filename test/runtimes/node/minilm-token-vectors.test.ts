import { createKernelTextModel, createOnnxTextModel, MINILM, projectTokens, signBits, textPiece } from "@pipit/core";
import { openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import * as onnxruntime from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { mean, rowCosines } from "../../fixtures/cosine.ts";
import { packedMinilm } from "../../fixtures/encoder-job.ts";
import { hiddenStates } from "../../fixtures/encoder-onnx.ts";
import { minilmFiles, minilmFolder, referenceTexts } from "../../fixtures/minilm.ts";
import { minilmProjection } from "../../fixtures/minilm-projection.ts";

const { signal } = new AbortController();

/** Share of bits that are the same. */
function agreement(a: Uint8Array, b: Uint8Array): number {
  let same = 0;
  for (let i = 0; i < a.length * 8; i++) same += Number(((a[i >> 3]! ^ b[i >> 3]!) >> (i & 7)) % 2 === 0);
  return same / (a.length * 8);
}

describe.skipIf(!minilmFolder)("token vectors of the real MiniLM", () => {
  const folder = minilmFolder!;
  let rows: (readonly number[])[];
  let reference: Float32Array;

  beforeAll(async () => {
    rows = referenceTexts(folder).map(({ ids }) => ids);
    reference = projectTokens(await hiddenStates(minilmFiles(folder, "fp32").weights, rows), minilmProjection);
  });

  const encoderOf = async (build: "simd" | "relaxed" | "maddubs") =>
    openEncoder(await loadBuild(build, "encoder"), await packedMinilm(folder), { projection: minilmProjection });

  test("by the kernel are near those of fp32 hidden states, and most bits are the same", async () => {
    const encoder = await encoderOf("simd");
    const { tokens } = await encoder.encodeWithTokens(rows, "floats");
    const cosines = rowCosines(tokens, reference, 128);
    const share = agreement(signBits(tokens), signBits(reference));
    console.log(`${cosines.length} tokens: mean cosine ${mean(cosines).toFixed(4)}, bits the same ${share.toFixed(4)}`);
    expect(mean(cosines)).toBeGreaterThanOrEqual(0.995);
    expect(share).toBeGreaterThanOrEqual(0.97);
  });

  test("have the same bits in all builds, and leave those of the texts as they are", async () => {
    const expected = await (await encoderOf("simd")).encodeWithTokens(rows, "bits");
    for (const build of ["relaxed", "maddubs"] as const)
      expect(await (await encoderOf(build)).encodeWithTokens(rows, "bits")).toEqual(expected);
    const plain = await openEncoder(await loadBuild("simd", "encoder"), await packedMinilm(folder));
    expect(await plain.encodeTokens(rows)).toEqual(expected.vectors);
  });

  test.each(["fp32", "q8"] as const)("by ONNX Runtime (%s) agree with the kernel's in most bits", async (variant) => {
    const files = minilmFiles(folder, variant);
    const options = { runtime: onnxruntime, spec: MINILM, variant, files, projection: minilmProjection };
    const onnx = await createOnnxTextModel(options);
    const encoder = await encoderOf("maddubs");
    const kernel = createKernelTextModel({ encoder, spec: MINILM, tokenizer: files.tokenizer });
    const texts = referenceTexts(folder).map(({ text }) => text);
    const [theirs, own] = await Promise.all(
      [onnx, kernel].map((model) => model.tokens!.run(texts.map(textPiece), "bits", signal)),
    );
    expect(theirs!.counts).toEqual(own!.counts);
    const share = agreement(theirs!.tokens, own!.tokens);
    console.log(`${variant} and the kernel: ${share.toFixed(4)} of bits the same`);
    expect(share).toBeGreaterThanOrEqual(variant === "fp32" ? 0.97 : 0.94);
    await onnx.close();
  });
});
