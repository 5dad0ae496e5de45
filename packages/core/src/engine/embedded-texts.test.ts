import { expect, test } from "vitest";
import { EmbeddedTexts } from "./embedded-texts.ts";

const space = { id: "0".repeat(32), name: "two", dimensions: 2 };
const tokens = { space: { id: "5".repeat(32), dimensions: 8 } } as never;
const vectors = Float32Array.of(1, 0, 0, 1, 1, 0);

test("each entry gets its vectors and its tokens, in the order of the texts", () => {
  const texts = new EmbeddedTexts({ space, tokens }, { vectors, tokens: Uint8Array.of(1, 2, 3), counts: [2, 0, 1] });
  expect(texts.take(2)).toEqual({
    vectors: Float32Array.of(1, 0, 0, 1),
    tokens: { space: "5".repeat(32), counts: [2, 0], bits: Uint8Array.of(1, 2) },
  });
  expect(texts.take(0)).toEqual({ vectors: new Float32Array() });
  expect(texts.take(1).tokens).toEqual({ space: "5".repeat(32), counts: [1], bits: Uint8Array.of(3) });
});

test("an embedder without tokens gives vectors alone", () => {
  expect(new EmbeddedTexts({ space }, { vectors }).take(3)).toEqual({ vectors });
});

test("an entry's arrays are its own", () => {
  const bits = Uint8Array.of(1, 2, 3);
  const own = new EmbeddedTexts({ space, tokens }, { vectors, tokens: bits, counts: [1, 1, 1] }).take(3);
  expect([own.vectors.buffer, own.tokens?.bits.buffer]).not.toContain(vectors.buffer);
  expect(own.tokens?.bits.buffer).not.toBe(bits.buffer);
});
