import { expect, test } from "vitest";
import { lateInteraction } from "./late-interaction.ts";

const HALF = Math.SQRT1_2;
const dimensions = 8;

/** Unit vectors of 8 dimensions, each by the places of its two values. */
const query = (tokens: readonly (readonly [number, number])[], weights = tokens.map(() => 1)) => ({
  dimensions,
  vectors: Float32Array.from(
    tokens.flatMap((places) => [...Array(8).keys()].map((i) => (places.includes(i) ? HALF : 0))),
  ),
  weights: Float32Array.from(weights),
});
const documentOf = (...bits: number[]) => ({ tokenBytes: 1, bits: Uint8Array.from(bits) });
// Two values of half a square root of two each, over the square root of eight dimensions.
const AGREED = (2 * HALF) / Math.sqrt(8);

test("a token of the query takes its best token of the document", () => {
  expect(lateInteraction(query([[0, 1]]), documentOf(0b01, 0b11, 0b00))).toBeCloseTo(AGREED, 6);
  expect(lateInteraction(query([[0, 1]]), documentOf(0b01, 0b00))).toBeCloseTo(0, 6);
  expect(lateInteraction(query([[0, 1]]), documentOf(0))).toBeCloseTo(-AGREED, 6);
});

test("tokens of the query are averaged by their weights", () => {
  const tokens = [
    [0, 1],
    [2, 3],
  ] as const;
  expect(lateInteraction(query(tokens, [3, 1]), documentOf(0b0011))).toBeCloseTo((3 * AGREED - AGREED) / 4, 6);
  expect(lateInteraction(query(tokens, [6, 2]), documentOf(0b0011))).toBeCloseTo((3 * AGREED - AGREED) / 4, 6);
  expect(lateInteraction(query(tokens, [1, 0]), documentOf(0b0011))).toBeCloseTo(AGREED, 6);
});

test("the order of a document's tokens does not matter, nor that one occurs twice", () => {
  const asked = query([[4, 7]]);
  const score = lateInteraction(asked, documentOf(0b10010000, 0b1));
  expect(lateInteraction(asked, documentOf(0b1, 0b10010000, 0b10010000))).toBe(score);
});

test("without tokens or weights the score is 0", () => {
  expect(lateInteraction(query([[0, 1]]), documentOf())).toBe(0);
  expect(lateInteraction(query([]), documentOf(1))).toBe(0);
  expect(lateInteraction(query([[0, 1]], [0]), documentOf(0b11))).toBe(0);
});
