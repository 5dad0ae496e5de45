import { describe, expect, test } from "vitest";
import { type Answer, measuresOf, ndcgAt, recallAt, reciprocalRankAt } from "./measures.ts";

const answer = (ranked: string, gains: Record<string, number>): Answer => ({
  ranked: ranked.split(" ").filter(Boolean),
  gains: new Map(Object.entries(gains)),
});
const many = (count: number) => Array.from({ length: count }, (_, i) => `d${i}`);

describe("nDCG", () => {
  test("is 1 for the best order, and 0 if nothing relevant is found", () => {
    expect(ndcgAt(answer("a b c", { a: 2, b: 1 }), 10)).toBe(1);
    expect(ndcgAt(answer("c d", { a: 2, b: 1 }), 10)).toBe(0);
    expect(ndcgAt(answer("", { a: 1 }), 10)).toBe(0);
  });

  test("divides a gain by the logarithm of its place", () => {
    // 1 / log2(3), over 1.
    expect(ndcgAt(answer("x a", { a: 1 }), 10)).toBeCloseTo(0.63093, 5);
    // 1 / log2(2) + 1 / log2(4) = 1.5, over 1 + 0.63093.
    expect(ndcgAt(answer("a x b", { a: 1, b: 1 }), 10)).toBeCloseTo(0.91972, 5);
  });

  test("counts gains as they are", () => {
    // (1 + 3 x 0.63093) / (3 + 0.63093) = 2.89279 / 3.63093.
    expect(ndcgAt(answer("b a", { a: 3, b: 1 }), 10)).toBeCloseTo(0.79671, 5);
  });

  test("is compared with the best first k, also if more are relevant", () => {
    const gains = Object.fromEntries(many(30).map((id) => [id, 1]));
    expect(ndcgAt({ ranked: many(10), gains: new Map(Object.entries(gains)) }, 10)).toBeCloseTo(1, 12);
    expect(ndcgAt(answer("x d1", { d1: 1 }), 1)).toBe(0);
  });
});

describe("recall", () => {
  test("is the share of the relevant documents that were found", () => {
    expect(recallAt(answer("a x b", { a: 1, b: 1, c: 1, d: 1 }), 100)).toBe(0.5);
    expect(recallAt(answer("x x2 a", { a: 1 }), 2)).toBe(0);
  });

  test("reaches 1 if more are relevant than are asked for", () => {
    expect(recallAt(answer("a b", { a: 1, b: 1, c: 1 }), 2)).toBe(1);
  });
});

test("the reciprocal rank is that of the first relevant document, if it is among the first k", () => {
  expect(reciprocalRankAt(answer("x y a b", { a: 1, b: 1 }), 10)).toBeCloseTo(1 / 3, 12);
  expect(reciprocalRankAt(answer("x y a", { a: 1 }), 2)).toBe(0);
});

describe("measures of several answers", () => {
  test("are means over the queries that have an answer", () => {
    const first = answer("a", { a: 1 });
    const fourth = answer("x y z a", { a: 1 });
    const sixth = answer("u v w x y a", { a: 1 });
    const { ndcg10, recall100, mrr10, firstFive } = measuresOf([first, fourth, sixth, answer("a", {})]);
    // 1, 1 / log2(5) = 0.43068 and 1 / log2(7) = 0.35621.
    expect(ndcg10).toBeCloseTo(0.59563, 5);
    expect(recall100).toBe(1);
    expect(mrr10).toBeCloseTo((1 + 1 / 4 + 1 / 6) / 3, 12);
    expect(firstFive).toBeCloseTo(2 / 3, 12);
  });

  test("refuse an answer that names a document twice", () => {
    expect(() => measuresOf([answer("a b a", { a: 1 })])).toThrow(/got a twice/);
  });

  test("refuse queries of which none has an answer", () => {
    expect(() => measuresOf([answer("a", {})])).toThrow(/got no query with an answer/);
  });
});
