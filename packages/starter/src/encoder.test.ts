import { dot, golden, shipped } from "@pipit/test/fixtures/shipped-starter";
import { expect, test } from "vitest";

const NOTHING_TO_READ = ["", "   ", "\t\n", "\u0000\ufffd"];
const ODD = [...NOTHING_TO_READ, "\u{1f600}", "你好", "\ud800", "[SEP]", "a".repeat(5000), "word ".repeat(3000)];

test.each(golden())("gives the trainer's vector of $text", ({ text, vector }) => {
  expect(dot(shipped.encode(text), vector)).toBeGreaterThan(0.99999);
});

test.each(ODD)("answers a finite unit vector for odd text %j", (text) => {
  const vector = shipped.encode(text);
  expect(Math.abs(dot(vector, vector) - 1)).toBeLessThan(1e-5);
});

test("gives every text without a token the same vector, that of the bias", () => {
  const empty = shipped.encode("");
  for (const text of NOTHING_TO_READ) expect(shipped.encode(text)).toEqual(empty);
});

test("gives the same bits again, whatever was encoded in between", () => {
  const first = shipped.encode("a bird in the hand");
  shipped.encode("something else altogether, and longer than that");
  expect(shipped.encode("a bird in the hand")).toEqual(first);
});

test("hands out memory of its own, so that a caller may transfer or change it", () => {
  const first = shipped.encode("a bird in the hand");
  const copy = first.slice();
  first.fill(0);
  expect(shipped.encode("a bird in the hand")).toEqual(copy);
});

test("places a paraphrase nearer than another topic", () => {
  const query = shipped.encode("how do I get my money back?");
  const near = dot(query, shipped.encode("I would like a refund"));
  expect(near).toBeGreaterThan(dot(query, shipped.encode("the boundary layer of a heated wing")) + 0.2);
});

test("reads 254 tokens, as MiniLM does, and none after them", () => {
  const full = "word ".repeat(254);
  expect(shipped.encode(`${full}penguin`)).toEqual(shipped.encode(full));
  expect(shipped.count(`${full}penguin`)).toBe(255);
});
