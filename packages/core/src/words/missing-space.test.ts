import { expect, test } from "vitest";
import { WordIndex } from "./word-index.ts";

const meanings = {
  dimensions: 32,
  vectorOf: (word: string) => (word === "doorway" ? new Float32Array(32).fill(0.2) : undefined),
};

function birds(options = {}): WordIndex {
  const index = new WordIndex({ meanings, ...options });
  index.put("tit", [{ text: "The Blue Tit eats caterpillars at the door, way up" }]);
  index.put("blue", [{ text: "blue and green" }]);
  index.put("bluethroat", [{ text: "A bluethroat sings" }]);
  index.put("kingfisher", [{ text: "A kingfisher, a king of fisher folk" }]);
  return index;
}

const found = (query: string) =>
  birds()
    .search(query, { k: 5 })
    .map(({ id }) => id);

test("a word that the index lacks is two words without their space, if these follow one another in a text", () => {
  expect(found("bluetit ")[0]).toBe("tit");
  expect(birds().ask("bluetit ").matchedIn("tit", 0)).toEqual(["blue", "tit"]);
  expect(birds().ask("bluetit ").evidenceOf("tit", 0)?.coverage).toBe(1);
  expect(found("tiblue ")).toEqual([]);
  expect(found("greenblue ")).toEqual([]);
});

test("the last of them may not be typed to its end, but a word that is begun is not parted", () => {
  expect(found("bluetit")[0]).toBe("tit");
  expect(found("bluethr")).toEqual(["bluethroat"]);
});

test.each([
  ["that the index has", "kingfisher ", "kingfisher", "king"],
  ["with a meaning of its own", "doorway ", "tit", "door"],
  ["in quotes", '"bluetit"', "tit", "blue"],
])("a word %s is not parted", (_, query, id, part) => {
  expect(birds().ask(query).matchedIn(id, 0)).not.toContain(part);
});

test("its vector does not count, as that of a typing error does not", () => {
  expect(birds().ask("bluetit ").misspelt).toBe(1);
});

test("an index that was just opened does not look for it", () => {
  expect(birds().ask("bluetit ", { reach: "typed" }).best(5)).toEqual([]);
});
