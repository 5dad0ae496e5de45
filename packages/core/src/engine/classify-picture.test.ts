import { describe, expect, test } from "vitest";
import { contentOf } from "../pieces.ts";
import type { Embedder, PicturePiece } from "../ports/embedder.ts";
import { labelProbabilities } from "../search/label-probabilities.ts";
import { classifyPicture } from "./classify-picture.ts";

const PICTURE: PicturePiece = {
  modality: "picture",
  picture: { width: 1, height: 1, pixels: new Uint8Array(3) },
  digest: "a wren",
};
const CLIP = { scale: 100, right: "one" } as const;

/** The angle of a picture and of each text. */
const ANGLES: Readonly<Record<string, number>> = {
  "a wren": 0.5,
  "a photo of a wren.": 0.4,
  "a photo of a heron.": 0.2,
  "a photo of a bicycle.": -1,
  wren: 0.5,
};

const embedder: Embedder = {
  space: { id: "4".repeat(32), name: "angles", dimensions: 2 },
  producer: { name: "angles", fidelity: { mean: 1, min: 1 } },
  reads: ["picture", "text"],
  async embed(pieces) {
    const angles = pieces.map((piece) => ANGLES[contentOf(piece)]!);
    return Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
  },
  close: async () => {},
};

describe("labels of a picture", () => {
  test("come with probabilities that sum up to 1, the best first", async () => {
    const found = await classifyPicture(embedder, PICTURE, ["bicycle", "heron", "wren"], { logits: CLIP });
    expect(found.map(({ label }) => label)).toEqual(["wren", "heron", "bicycle"]);
    expect(found.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    const odds = Math.exp(100 * (Math.cos(0.1) - Math.cos(0.3)));
    expect(found[0]!.probability).toBeCloseTo(odds / (odds + 1), 4);
  });

  test("are asked in the caller's words", async () => {
    const [only] = await classifyPicture(embedder, PICTURE, ["wren"], { logits: CLIP, prompt: (label) => label });
    expect(only).toEqual({ label: "wren", probability: 1 });
  });

  test.each([
    ["none", []],
    ["no list", "wren"],
    ["a number", ["wren", 7]],
    ["an empty one", ["wren", " "]],
    ["one twice", ["wren", "heron", "wren"]],
    ["too many", Array.from({ length: 10_001 }, (_, at) => `label ${at}`)],
  ])("are refused: %s", async (_, labels) => {
    const asked = classifyPicture(embedder, PICTURE, labels as string[], { logits: CLIP });
    await expect(asked).rejects.toMatchObject({ code: "bad-input" });
  });

  test("need an embedder that reads both", async () => {
    const asked = classifyPicture({ ...embedder, reads: ["picture"] }, PICTURE, ["wren"], { logits: CLIP });
    await expect(asked).rejects.toMatchObject({ code: "bad-input", do: expect.stringContaining("joinEmbedders") });
  });
});

describe("probabilities by cosine", () => {
  const picture = Float32Array.of(1, 0);
  const labels = Float32Array.of(0.6, 0.8, 0.8, 0.6);

  test("of labels that are right or wrong by themselves are logistic", () => {
    const logits = { scale: 10, bias: -7, right: "each" } as const;
    const expected = [1 / (1 + Math.exp(1)), 1 / (1 + Math.exp(-1))];
    labelProbabilities(picture, labels, logits).forEach((got, at) => {
      expect(got).toBeCloseTo(expected[at]!, 5);
    });
  });

  test("do not overflow", () => {
    expect(labelProbabilities(picture, labels, { scale: 1e5, right: "one" })).toEqual([0, 1]);
  });
});
