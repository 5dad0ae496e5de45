import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { expect, test } from "vitest";
import { textPiece } from "../prepare/text-piece.ts";
import { createKernelTextModel, type TokenEncoder } from "./kernel-model.ts";

const { spec, files } = await minilmTwin();
const producer = { name: "kernel", fidelity: { mean: 1, min: 1 } };

function fakeEncoder(changes: Partial<TokenEncoder> = {}) {
  const asked: (readonly number[])[] = [];
  const encoder: TokenEncoder = {
    about: { space: spec.space, producer },
    async encodeTokens(rows) {
      asked.push(...rows);
      return new Float32Array(rows.length * spec.space.dimensions);
    },
    close() {},
    ...changes,
  };
  return { encoder, asked };
}

const model = (encoder: TokenEncoder) => createKernelTextModel({ encoder, spec, tokenizer: files.tokenizer });
const { signal } = new AbortController();

test("texts reach the encoder as ids between the special tokens, cut to the window", async () => {
  const { encoder, asked } = fakeEncoder();
  await model(encoder).run(["owl", "wren ".repeat(400)].map(textPiece), signal);
  expect(asked.map((row) => row.length)).toEqual([3, 256]);
  for (const row of asked) expect([row[0], row.at(-1)]).toEqual([2, 3]);
});

test("it has the space and producer of the packed file", () => {
  expect(model(fakeEncoder().encoder).producer).toBe(producer);
});

test("a packed file of another space is refused by name", () => {
  const space = { ...spec.space, id: "f".repeat(32), name: "another model" };
  const { encoder } = fakeEncoder({ about: { space, producer } });
  expect(() => model(encoder)).toThrow(/another model/);
});

test("an encoder of several threads is given batches for all of them", () => {
  const one = model(fakeEncoder().encoder).batchShape;
  const four = model(fakeEncoder({ threads: 4 }).encoder).batchShape;
  expect(four).toEqual({ maxTokens: 4 * one.maxTokens, maxRows: 4 * one.maxRows });
});

test("token vectors come with the number of their tokens, without the special ones", async () => {
  const asked: unknown[] = [];
  const tokenSpace = { id: "0".repeat(32), dimensions: 8 };
  const { encoder } = fakeEncoder({
    tokenSpace,
    async encodeWithTokens(rows, form) {
      asked.push(rows, form);
      const tokens = form === "bits" ? new Uint8Array(3) : new Float32Array(24);
      return { vectors: new Float32Array(rows.length * spec.space.dimensions), tokens: tokens as never };
    },
  });
  const { tokens } = model(encoder);
  expect(tokens!.space).toBe(tokenSpace);
  const { counts, vectors, tokens: bits } = await tokens!.run(["owl", "", "wren owl"].map(textPiece), "bits", signal);
  expect(vectors).toHaveLength(3 * spec.space.dimensions);
  expect(bits).toEqual(new Uint8Array(3));
  const rows = asked[0] as number[][];
  expect(asked[1]).toBe("bits");
  expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
    [2, 3],
    [2, 3],
    [2, 3],
  ]);
  expect(counts).toEqual([1, 0, 2]);
  expect(tokens!.ranges("wren owl")).toEqual([
    { start: 0, end: 4 },
    { start: 5, end: 8 },
  ]);
});

test("an encoder without a projection makes no model of tokens", () => {
  expect(model(fakeEncoder().encoder).tokens).toBeUndefined();
});
