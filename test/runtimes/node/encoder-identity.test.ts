import { loadBuild } from "@pipit/wasm/node";
import { beforeAll, describe, expect, test } from "vitest";
import { encoderJob } from "../../fixtures/encoder-job.ts";
import { type EncoderWalkThrough, encoderWalkThrough } from "../../fixtures/encoder-walk-through.ts";

const BUILDS = ["relaxed", "maddubs", "simd"] as const;

describe("the encoder in Node", () => {
  let walks: EncoderWalkThrough[];

  beforeAll(async () => {
    const job = await encoderJob();
    walks = await Promise.all(BUILDS.map(async (build) => encoderWalkThrough(await loadBuild(build, "encoder"), job)));
  });

  test("packs and encodes the same bits in every build", () => {
    expect(walks.map(({ build }) => build)).toEqual(BUILDS);
    for (const walk of walks) expect({ ...walk, build: "" }).toEqual({ ...walks[0], build: "" });
  });

  test("encodes a sentence alone as among the others", () => {
    expect(walks[0]!.sentences).toHaveLength(10);
    expect(walks[0]!.alone).toEqual(walks[0]!.sentences);
  });

  test("refuses every damaged file", () => {
    expect(walks[0]!.damaged).toEqual(["bad-model"]);
  });
});
