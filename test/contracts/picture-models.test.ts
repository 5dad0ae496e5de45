import {
  type BatchModel,
  createLane,
  type Golden,
  goldenPictures,
  type ModelProvider,
  picturePiece,
  provenModels,
  whySkipped,
} from "@pipit/core";
import { beforeAll, describe, expect, test } from "vitest";
import { drawnClip } from "../fixtures/clip-drawn.ts";
import { drawn } from "../fixtures/pictures/picture-writers.ts";
import { embedderContract } from "./embedder.ts";

const clip = drawnClip();
const signal = new AbortController().signal;
const given = {
  pieces: () => [
    ...goldenPictures(),
    picturePiece({ width: 30, height: 200, pixels: new Uint8Array(drawn(30, 200)) }),
    picturePiece({ width: 1, height: 1, pixels: Uint8Array.of(9, 8, 7) }),
  ],
  refused: { modality: "text", text: "owl" } as const,
};

embedderContract("CLIP's drawn twin on onnxruntime-node, in a lane", async () => createLane(await clip.onnx()), given);
embedderContract("the same on the encoder kernel", async () => createLane(await clip.kernel()), given);

test("golden pictures are unlike each other", () => {
  const digests = goldenPictures().map(({ digest }) => digest);
  expect(new Set(digests).size).toBe(4);
});

describe("a device is proven by golden pictures before it is used", () => {
  let golden: Golden;
  beforeAll(async () => {
    const model = await clip.onnx();
    const pieces = goldenPictures();
    golden = { pieces, vectors: await model.run(pieces, signal) };
    await model.close();
  });

  const provider = (name: string, open: () => Promise<BatchModel>): ModelProvider => ({ name, backend: name, open });
  /** A device whose vectors are changed before they leave it. */
  const broken = (name: string, spoil: (vectors: Float32Array<ArrayBuffer>) => void) =>
    provider(name, async () => {
      const model = await clip.onnx();
      const run: BatchModel["run"] = async (pieces, signal) => {
        const vectors = await model.run(pieces, signal);
        spoil(vectors);
        return vectors;
      };
      return { ...model, run };
    });

  test("zeros, an overflow, permuted rows, one vector for all and a wrong norm are refused, and the next way is taken", async () => {
    const { proven, skipped } = await provenModels(
      [
        broken("zeros", (vectors) => vectors.fill(0)),
        broken("overflow", (vectors) => vectors.fill(Number.POSITIVE_INFINITY, 0, 3)),
        broken("permuted", (vectors) => vectors.copyWithin(0, 24, 48)),
        broken("constant", (vectors) => {
          for (let row = 1; row < 4; row += 1) vectors.copyWithin(row * 24, 0, 24);
        }),
        broken("long", (vectors) => {
          for (const at of vectors.keys()) vectors[at]! *= 1.1;
        }),
        provider("kernel", clip.kernel),
      ],
      golden,
    );
    expect(proven.map(({ provider }) => provider.name)).toEqual(["kernel"]);
    expect(skipped.map(({ provider, error }) => [provider.name, error.code])).toEqual(
      ["zeros", "overflow", "permuted", "constant", "long"].map((name) => [name, "numbers-not-proven"]),
    );
    expect(skipped.map(whySkipped).join()).toMatch(/permuted: least cosine to fp32 -?0\.\d+/);
    for (const { model } of proven) await model.close();
  });

  test("one that breaks after its proof is refused by the lane", async () => {
    const model = await clip.onnx();
    let isBroken = false;
    const run: BatchModel["run"] = async (pieces, signal) => {
      const vectors = await model.run(pieces, signal);
      return isBroken ? vectors.fill(Number.NaN) : vectors;
    };
    const lane = createLane({ ...model, run });
    await lane.embed(goldenPictures());
    isBroken = true;
    await expect(lane.embed(goldenPictures())).rejects.toMatchObject({ code: "numbers-not-proven" });
    await lane.close();
  });
});
