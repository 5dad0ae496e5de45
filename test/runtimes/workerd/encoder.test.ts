import { openEncoder } from "@pipit/wasm";
import maddubs from "@pipit/wasm/encoder-maddubs.wasm";
import relaxed from "@pipit/wasm/encoder-relaxed.wasm";
import simd from "@pipit/wasm/encoder-simd.wasm";
import { beforeAll, describe, expect, inject, test } from "vitest";
import type {} from "../../fixtures/encoder-context.ts";
import { bitsOf, type EncoderWalkThrough, encoderWalkThrough } from "../../fixtures/encoder-walk-through.ts";

const builds = { relaxed, maddubs, simd };
const ask = async (path: string) => {
  const response = await fetch(`${inject("encoderFiles")}/${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response;
};
const bytes = async (path: string) => new Uint8Array(await (await ask(path)).arrayBuffer());

describe.each(["relaxed", "maddubs", "simd"] as const)("the encoder in workerd (%s)", (build) => {
  let here: EncoderWalkThrough;
  let onNode: EncoderWalkThrough;

  beforeAll(async () => {
    const job = {
      bert: await bytes("bert"),
      clipText: await bytes("clip-text"),
      clipPicture: await bytes("clip-picture"),
      sentences: await (await ask("sentences")).json<number[][]>(),
    };
    here = await encoderWalkThrough(builds[build], job);
    onNode = await (await ask("walk-through")).json<EncoderWalkThrough>();
  });

  test("packs the files that Node packs, to the byte", () => {
    expect(here.files).toEqual(onNode.files);
  });

  test("answers sentences as Node does, to the bit, alone and among others", () => {
    expect(here.build).toBe(build);
    expect(here.sentences).toHaveLength(10);
    expect(here.sentences).toEqual(onNode.sentences);
    expect(here.alone).toEqual(onNode.sentences);
  });

  test("answers token vectors as Node does, to the bit", () => {
    expect(here.tokens[0].length).toBeGreaterThan(100);
    expect(here.tokens).toEqual(onNode.tokens);
  });

  test("answers texts and pictures of CLIP's towers as Node does, to the bit", () => {
    expect(here.clipTexts).toEqual(onNode.clipTexts);
    expect(here.pictures).toEqual(onNode.pictures);
  });

  test("refuses every damaged file", () => {
    expect(here.damaged).toEqual(["bad-model"]);
  });
});

describe.skipIf(!inject("hasMinilm"))("the real MiniLM in workerd", () => {
  test.each(["relaxed", "maddubs", "simd"] as const)(
    "streamed in, answers with Node's bits (%s)",
    async (build) => {
      const { body, headers } = await ask("minilm");
      const encoder = await openEncoder(builds[build], { bytes: Number(headers.get("content-length")), pieces: body! });
      const rows = await (await ask("minilm-rows")).json<number[][]>();
      expect(bitsOf(await encoder.encodeTokens(rows), encoder)).toEqual(await (await ask("minilm-vectors")).json());
    },
    120_000,
  );
});
