import { expect, test } from "vitest";
import { AbortedError } from "../errors.ts";
import { MINILM_GOLDEN } from "../models/minilm-golden.ts";
import { MINILM_SPACE } from "../models/registry.ts";
import { whyNotUnitRows } from "../unit-rows.ts";
import type { BatchModel } from "./batch-model.ts";
import { assertProven, proveModel } from "./proof.ts";

const D = MINILM_SPACE.dimensions;

/** A device that returns the golden vectors after `spoil` has changed them. */
function device(spoil: (vectors: Float32Array) => void, least = 0.9999): BatchModel {
  return {
    space: MINILM_SPACE,
    producer: { name: "device", fidelity: { mean: 1, min: least } },
    modality: "text",
    window: { limit: 254, count: () => 1 },
    batchShape: { maxTokens: 256, maxRows: 4 },
    cost: () => 1,
    run: async () => {
      const vectors = Float32Array.from(MINILM_GOLDEN.vectors);
      spoil(vectors);
      return vectors;
    },
    close: async () => {},
  };
}

/** Rotates the last row by the angle whose cosine is `cosine`. */
function turnLastRow(cosine: number) {
  return (vectors: Float32Array) => {
    const row = vectors.subarray(3 * D);
    const other = Float32Array.from(row, (_, i) => (i % 2 ? -row[i - 1]! : row[i + 1]!));
    const sine = Math.sqrt(1 - cosine * cosine);
    row.forEach((component, i) => {
      row[i] = cosine * component + sine * other[i]!;
    });
  };
}

test("the golden vectors are four unit rows", () => {
  expect(whyNotUnitRows(MINILM_GOLDEN.vectors, 4, D)).toBeUndefined();
});

test("a device that answers the golden vectors is proven", async () => {
  const proof = await proveModel(
    device(() => {}),
    MINILM_GOLDEN,
  );
  expect(proof.proven).toBe(true);
  expect(proof.leastCosine).toBeCloseTo(1, 6);
});

test("one text that is off is enough to refuse an fp32 device", async () => {
  const proof = await proveModel(device(turnLastRow(0.9998)), MINILM_GOLDEN);
  expect(proof).toMatchObject({ proven: false, why: "least cosine to fp32 0.999800, 0.9999 asked" });
});

test("a q8 device is asked for what q8 can do", async () => {
  expect(await proveModel(device(turnLastRow(0.97), 0.9689), MINILM_GOLDEN)).toMatchObject({ proven: true });
  expect(await proveModel(device(turnLastRow(0.95), 0.9689), MINILM_GOLDEN)).toMatchObject({ proven: false });
});

test("NaN is a failed proof", async () => {
  const proof = await proveModel(
    device((vectors) => vectors.fill(Number.NaN)),
    MINILM_GOLDEN,
  );
  expect(proof).toMatchObject({ proven: false, why: expect.stringContaining("NaN") });
});

test("a device that throws is a failed proof with the device's message", async () => {
  const throwing = device(() => {
    throw new Error("no shader-f16");
  });
  expect(await proveModel(throwing, MINILM_GOLDEN)).toMatchObject({
    proven: false,
    why: expect.stringContaining("no shader-f16"),
  });
});

test("an abort is not reported as a failed proof", async () => {
  const aborting = device(() => {
    throw new AbortedError();
  });
  await expect(proveModel(aborting, MINILM_GOLDEN)).rejects.toMatchObject({ code: "aborted" });
});

test("a host with one device gets the proof, or an error that says what was measured", async () => {
  const right = device(() => {});
  expect((await assertProven(right, MINILM_GOLDEN)).proven).toBe(true);
  const wrong = device(turnLastRow(0.9));
  await expect(assertProven(wrong, MINILM_GOLDEN)).rejects.toMatchObject({ code: "numbers-not-proven" });
});
