import { lateInteraction, type QueryTokens, type TokenBits } from "@pipit/core";
import { below, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild, loadTokenScorer } from "../node.ts";
import { openTokenScorer } from "./token-scorer.ts";

const random = seeded(5);
const scorer = await loadTokenScorer();

function query(tokens: number, dimensions = 128): QueryTokens {
  const weights = Float32Array.from({ length: tokens }, () => random() * 8);
  return { dimensions, vectors: Float32Array.from(uniformVectors(random, tokens, dimensions)), weights };
}

function documentOf(tokens: number, dimensions = 128): TokenBits {
  const tokenBytes = dimensions / 8;
  return { tokenBytes, bits: Uint8Array.from({ length: tokens * tokenBytes }, () => below(random, 256)) };
}

function expectReference(asked: QueryTokens, documents: readonly TokenBits[]): void {
  const scores = scorer.score(asked, documents);
  expect(scores).toHaveLength(documents.length);
  for (const [i, document] of documents.entries()) expect(scores[i]).toBeCloseTo(lateInteraction(asked, document), 5);
}

describe("answers as the reference", () => {
  test.each([1, 2, 3, 4, 5, 8, 31, 254])("for a query of %i tokens", (tokens) => {
    expectReference(
      query(tokens),
      Array.from({ length: 50 }, () => documentOf(1 + below(random, 100))),
    );
  });

  test.each([8, 16, 64, 256, 384])("in %i dimensions", (dimensions) => {
    expectReference(query(6, dimensions), [documentOf(9, dimensions), documentOf(40, dimensions)]);
  });

  test("where a document or a query has no tokens, or all weights are 0", () => {
    const empty = { tokenBytes: 16, bits: new Uint8Array() };
    expectReference(query(5), [documentOf(3), empty, documentOf(7)]);
    expect(scorer.score(query(5), [empty])).toEqual(Float32Array.of(0));
    expect(scorer.score(query(0), [documentOf(3)])).toEqual(Float32Array.of(0));
    expect(scorer.score({ ...query(2), weights: new Float32Array(2) }, [documentOf(3)])).toEqual(Float32Array.of(0));
    expect(scorer.score(query(2), [])).toEqual(new Float32Array());
  });

  test("after larger and smaller calls, which leave nothing behind", () => {
    const [asked, document] = [query(7), documentOf(20)];
    const before = scorer.score(asked, [document]);
    scorer.score(
      query(254),
      Array.from({ length: 200 }, () => documentOf(254)),
    );
    expect(scorer.score(asked, [document])).toEqual(before);
  });
});

test("a document's score does not depend on the others", () => {
  const asked = query(9);
  const documents = Array.from({ length: 20 }, () => documentOf(1 + below(random, 60)));
  const together = scorer.score(asked, documents);
  expect(documents.map((document) => scorer.score(asked, [document])[0])).toEqual([...together]);
});

describe("refuses as bad-input", () => {
  const wrong: Record<string, [QueryTokens, TokenBits]> = {
    "tokens of other dimensions": [query(2), documentOf(3, 64)],
    "half a token": [query(2), { tokenBytes: 16, bits: new Uint8Array(24) }],
    "fewer vectors than weights": [{ ...query(2), weights: new Float32Array(3) }, documentOf(3)],
    "a weight that is no number": [{ ...query(2), weights: Float32Array.of(1, Number.NaN) }, documentOf(3)],
    "a negative weight": [{ ...query(2), weights: Float32Array.of(1, -1) }, documentOf(3)],
    "an infinite weight": [{ ...query(2), weights: Float32Array.of(1, Number.POSITIVE_INFINITY) }, documentOf(3)],
  };

  test.each(Object.keys(wrong))("%s, as the reference does", (name) => {
    const [asked, document] = wrong[name]!;
    const refusal = expect.objectContaining({ code: "bad-input" });
    expect(() => scorer.score(asked, [document])).toThrow(refusal);
    expect(() => lateInteraction(asked, document)).toThrow(refusal);
  });
});

test("more documents than memory may hold are storage-full, and fewer are still answered", async () => {
  const small = openTokenScorer(await loadBuild("simd", "tokens"), 2 ** 19);
  const many = Array.from({ length: 300 }, () => documentOf(254));
  expect(() => small.score(query(3), many)).toThrow(expect.objectContaining({ code: "storage-full" }));
  expectReference(query(3), many.slice(0, 2));
  expect(small.score(query(3), many.slice(0, 2))).toHaveLength(2);
});
