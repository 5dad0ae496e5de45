import { expect, test } from "vitest";
import { Slices } from "../let-others-run.ts";
import { NearWords } from "./near-words.ts";
import { Vocabulary } from "./vocabulary.ts";

const DIMENSIONS = 384;
let seed = 20_261_130;
const random = () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return seed / 2 ** 31 - 0.5;
};
const unit = (values: readonly number[]) => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};
const anyVector = () => unit(Array.from({ length: DIMENSIONS }, random));
/** A vector with about this cosine to another. */
const beside = (vector: Float32Array, cosine: number) => {
  const other = anyVector();
  return unit(Array.from(vector, (value, i) => cosine * value + Math.sqrt(1 - cosine ** 2) * other[i]!));
};
const spelt = (i: number) => `w${String.fromCharCode(...`${i}`.split("").map((digit) => 97 + Number(digit)))}x`;

const owl = anyVector();
const vectors = new Map([
  ["owl", owl],
  ["owls", beside(owl, 0.8)],
  ["owlet", beside(owl, 0.65)],
  ["it", owl],
  ["2024", owl],
  ["フクロウ", owl],
]);
const meanings = { dimensions: DIMENSIONS, vectorOf: (word: string) => vectors.get(word) };

function indexed(words: readonly string[], of = meanings) {
  const vocabulary = new Vocabulary((word) => word);
  const near = new NearWords({ meanings: of, vocabulary });
  const add = (word: string) => near.add(vocabulary.add(word));
  for (const word of words) add(word);
  const found = (word: string) => near.nearest(word).map(({ word }) => vocabulary.words[word]);
  return { near, found, add };
}

test("the nearest comes first, in whatever order they were added", () => {
  for (const words of [
    ["owl", "owlet", "owls"],
    ["owls", "owlet", "owl"],
  ])
    expect(indexed(words).found("owl")).toEqual(["owl", "owls", "owlet"]);
});

test("of equally near words the first by letters comes first, in whatever order they were added", () => {
  const of = { dimensions: DIMENSIONS, vectorOf: () => owl };
  expect(indexed(["bbb", "aaa", "ccc"], of).found("owl")).toEqual(["aaa", "bbb", "ccc"]);
});

test("an asked word need not be in the index", () => {
  expect(indexed(["owls"]).found("owl")).toEqual(["owls"]);
});

test("words without a vector, short ones, numbers and scripts without spaces are neither found nor near to anything", () => {
  const { found } = indexed(["gull", "it", "2024", "フクロウ", "owls"]);
  expect(found("owl")).toEqual(["owls"]);
  for (const word of ["gull", "it", "2024", "フクロウ"]) expect(found(word)).toEqual([]);
});

test("a word that is added after a question is found by the next", () => {
  const { found, add } = indexed(["owls"]);
  expect(found("owl")).toEqual(["owls"]);
  add("owlet");
  expect(found("owl")).toEqual(["owls", "owlet"]);
});

test("words that the vocabulary had before are found, and taken in at once or ahead of the first question", async () => {
  const vocabulary = new Vocabulary((word) => word);
  for (const word of ["owls", "owlet", "gull"]) vocabulary.add(word);
  const words = (near: NearWords) => near.nearest("owl").map(({ word }) => vocabulary.words[word]);
  expect(words(new NearWords({ meanings, vocabulary }))).toEqual(["owls", "owlet"]);
  const ahead = new NearWords({ meanings, vocabulary, leftOut: new Set(["owlet"]) });
  expect(ahead.isWhole).toBe(false);
  await ahead.takeAllIn(new Slices());
  ahead.add(vocabulary.add("owl"));
  expect(ahead.isWhole).toBe(true);
  expect(words(ahead)).toEqual(["owl", "owls"]);
});

test("the near words of a question are remembered, and only new words are compared with it", () => {
  const asked: string[] = [];
  const vectorOf = (word: string) => {
    asked.push(word);
    return vectors.get(word);
  };
  const { found, add } = indexed(["owl", "owls"], { dimensions: DIMENSIONS, vectorOf });
  found("owl");
  add("owlet");
  asked.length = 0;
  expect([found("owl"), found("owl")]).toEqual([0, 0].map(() => ["owl", "owls", "owlet"]));
  expect(asked).toEqual(["owl", "owlet"]);
  for (let i = 0; i < 3_000; i++) found(spelt(i));
  asked.length = 0;
  expect(found("owl")).toEqual(["owl", "owls", "owlet"]);
  expect(asked).toContain("owls");
});

test("of many words all clearly near ones are found, and none below the least cosine", () => {
  const asked = anyVector();
  const words = Array.from({ length: 5_000 }, (_, i) => spelt(i));
  const near = new Set(words.filter((_, i) => i % 100 === 0));
  const distant = new Set(words.filter((_, i) => i % 100 === 1));
  const vectors = new Map(words.map((word) => [word, anyVector()]));
  for (const word of near) vectors.set(word, beside(asked, 0.66));
  for (const word of distant) vectors.set(word, beside(asked, 0.4));
  const vectorOf = (word: string) => (word === "asked" ? asked : vectors.get(word));
  const { found } = indexed(words, { dimensions: DIMENSIONS, vectorOf });
  expect(new Set(found("asked"))).toEqual(near);
});

test("takes one bit a dimension, and a number, of each word that has a vector", () => {
  const words = Array.from({ length: 10_000 }, (_, i) => spelt(i));
  const { near } = indexed(words, { dimensions: DIMENSIONS, vectorOf: () => owl });
  expect(near.bytes).toBeGreaterThanOrEqual(10_000 * (DIMENSIONS / 8 + 4));
  expect(near.bytes).toBeLessThan(1.7 * 10_000 * (DIMENSIONS / 8 + 4));
  expect(indexed(words).near.bytes).toBeLessThan(2_000);
});
