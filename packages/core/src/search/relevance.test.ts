import { describe, expect, test } from "vitest";
import type { Evidence } from "../ports/evidence.ts";
import { probabilitiesOf } from "./relevance.ts";

const read = { read: 1 };
const middling: Evidence = { cosine: 0.4, words: 9, coverage: 0.5, names: 1 };
const others: readonly Evidence[] = [
  { cosine: 0.6, words: 3, coverage: 0.2, names: 0 },
  { cosine: 0.3, words: 12, coverage: 0.7, names: 3 },
  { cosine: 0.1, words: 0, coverage: 0, names: 0 },
];
const probabilityOf = (evidence: Evidence, query = read) => probabilitiesOf([evidence, ...others], query)[0]!;

describe.each([1, 0.5, 0])("of a query that is read by %d", (share) => {
  test.each([
    ["cosine", [-1, -0.2, 0, 0.3, 0.5, 0.7, 1]],
    ["tokens", [-1, 0, 0.3, 0.5, 0.8, 1]],
    ["words", [0, 1, 5, 12, 20, 29]],
    ["coverage", [0, 0.2, 0.5, 0.9, 1]],
    ["title", [0, 0.6, 0.9, 1]],
    ["names", [0, 2, 5, 14]],
  ] as const)("more of %s never makes a candidate less probable", (kind, values) => {
    const probabilities = values.map((value) => probabilityOf({ ...middling, [kind]: value }, { read: share }));
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => a - b));
    for (const probability of probabilities) expect(probability).toBeGreaterThanOrEqual(0);
    for (const probability of probabilities) expect(probability).toBeLessThanOrEqual(1);
  });
});

test("cosine, word score, coverage, title and names each count", () => {
  for (const more of [{ cosine: 0.5 }, { words: 15 }, { coverage: 0.9 }, { title: 0.9 }, { names: 4 }, { coverage: 1 }])
    expect(probabilityOf({ ...middling, ...more })).toBeGreaterThan(probabilityOf(middling));
});

test("of two candidates the one with more evidence is more probable, and behind a better one any is less so", () => {
  const [a, b] = probabilitiesOf([middling, { ...middling, words: 10 }], read);
  expect(b).toBeGreaterThan(a!);
  expect(a).toBeLessThan(probabilitiesOf([middling], read)[0]!);
});

test("a query vector that is the passage's own, and all its words, is nearly certain; neither is improbable", () => {
  expect(probabilitiesOf([{ cosine: 1, words: 20, coverage: 1, names: 0 }], read)[0]).toBeGreaterThan(0.95);
  expect(probabilitiesOf([{ cosine: 0.05, words: 0, coverage: 0, names: 0 }], read)[0]).toBeLessThan(0.1);
});

test("by the share of codes that are absent, nothing is an answer", () => {
  const of = (absent: number) => probabilitiesOf([middling, { ...middling, whole: true }], { read: 1, absent });
  expect(of(0.75)[0]).toBeCloseTo(of(0)[0]! / 4, 12);
  expect(of(1)[0]).toBe(0);
  expect(of(1)[1]).toBeGreaterThan(0.99);
});

test("a candidate without a vector is judged by its words, beside others that have one", () => {
  const { cosine: _, ...unread } = middling;
  expect(probabilityOf(unread)).toBe(probabilityOf(middling, { read: 0 }));
});

test("beside passages with tokens, one without is judged as if its tokens were the usual ones", () => {
  const near = { ...middling, tokens: 0.9 };
  const far = { ...middling, tokens: 0 };
  const [best, lacking, worst] = probabilitiesOf([near, middling, far], read);
  expect(best).toBeGreaterThan(lacking!);
  expect(lacking).toBeGreaterThan(worst!);
  const [, unread] = probabilitiesOf([near, { ...middling, cosine: undefined }], read);
  expect(unread).toBe(probabilitiesOf([middling, { ...middling, cosine: undefined }], read)[1]);
});

test("a greater word score of another candidate makes one less probable: the question is a longer one", () => {
  const other = (words: number): Evidence => ({ cosine: -1, words, coverage: 0, names: 0 });
  const beside = (words: number) => probabilitiesOf([middling, other(words)], read)[0]!;
  expect(beside(30)).toBeLessThan(beside(9));
  expect(beside(3)).toBe(beside(9));
});

test("candidates without words are judged by their cosines", () => {
  const [near, far] = probabilitiesOf([{ cosine: 0.9 }, { cosine: 0.1 }], read);
  expect(near).toBeGreaterThan(0.5);
  expect(far).toBeLessThan(0.2);
});

test("of a query that is read in part, both judgments count by that part", () => {
  const [whole, none] = [probabilityOf(middling), probabilityOf(middling, { read: 0 })];
  expect(probabilityOf(middling, { read: 0.25 })).toBeCloseTo(0.25 * whole + 0.75 * none, 12);
});

test("a text or title that the query is, word for word, is nearly certain, and of several the better one is first", () => {
  const poor = { cosine: 0.1, words: 1, coverage: 1, names: 0, whole: true } as const;
  const [first, second] = probabilitiesOf([{ ...poor, cosine: 0.3 }, poor], read);
  expect(second).toBeGreaterThan(0.999);
  expect(first).toBeGreaterThan(second!);
});

test("no candidates have no probabilities, and one without any evidence has none", () => {
  expect(probabilitiesOf([], read)).toEqual([]);
  expect(probabilitiesOf([{}], read)).toEqual([0]);
});
