import { dot, shipped } from "@pipit/test/fixtures/shipped-starter";
import { expect, test } from "vitest";
import { starterMeanings } from "./starter.ts";

const { dimensions, vectorOf } = starterMeanings(shipped);
const cosine = (a: string, b: string) => dot(vectorOf(a)!, vectorOf(b)!);

test.each([
  ["purchase", "buy", "sea"],
  ["ocean", "sea", "buy"],
  ["doctor", "physician", "car"],
])("%s is near %s and not near %s", (word, near, other) => {
  expect(cosine(word, near)).toBeGreaterThan(0.6);
  expect(cosine(word, other)).toBeLessThan(0.3);
});

test("a word has a unit vector, the same each time, in memory of its own", () => {
  const first = vectorOf("ocean")!;
  expect(first).toHaveLength(dimensions);
  expect(dot(first, first)).toBeCloseTo(1, 5);
  const copy = first.slice();
  first.fill(0);
  expect(vectorOf("ocean")).toEqual(copy);
});

test.each(["birder", "xqzvw", "", "フクロウ", "##ing"])(
  "%j has none: it is not one token that begins a word",
  (word) => {
    expect(vectorOf(word)).toBeUndefined();
  },
);

test("about half of the values of many words are above 0", () => {
  const words = "ocean sea buy doctor car begin quick heat bird money river mountain music paper school water".split(
    " ",
  );
  const values = words.flatMap((word) => [...vectorOf(word)!]);
  const share = values.filter((value) => value > 0).length / values.length;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
});
