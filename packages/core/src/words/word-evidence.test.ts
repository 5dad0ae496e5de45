import { describe, expect, test } from "vitest";
import { WordIndex } from "./word-index.ts";

/** A stemmer that is easy to follow: it cuts off the plural. */
const stem = (word: string) => (word.length > 3 ? word.replace(/s$/, "") : word);
const stopWords = new Set(["the", "of", "how", "to"]);
const make = () => new WordIndex({ stem, stopWords });
/** Of a plane. It knows of gulls and terns, whose cosine is .8, and of nothing else. */
const meanings = {
  dimensions: 32,
  vectorOf: (word: string) => {
    const [x, y] = { gull: [1, 0], tern: [0.8, 0.6] }[word] ?? [];
    return x === undefined || y === undefined ? undefined : Float32Array.from({ length: 32 }, (_, i) => [x, y][i] ?? 0);
  },
};

describe("the evidence of words", () => {
  test("tells the share of its words that a unit has, by their rarity", () => {
    const birds = make();
    birds.put("tawny", [{ text: "The tawny owl hunts at night." }]);
    birds.put("snowy", [{ text: "A white owl of the tundra." }]);
    const coverageOf = (query: string, id: string) => birds.ask(query).evidenceOf(id, 0)?.coverage;
    expect(coverageOf("owl tundra ", "snowy")).toBe(1);
    expect(coverageOf("owls tundra ", "snowy")).toBeLessThan(1);
    expect(coverageOf("owl tundra ", "tawny")).toBeLessThan(0.5);
    expect(coverageOf("owl xqzvw ", "tawny")).toBeLessThan(0.5);
    expect(coverageOf("xqzvw ", "tawny")).toBe(0);
    expect(coverageOf("", "tawny")).toBe(0);
  });

  test("tells how rare the names and identifiers of a query are that a unit has", () => {
    const index = new WordIndex({ stem, stopWords, meanings });
    index.put("both", [{ text: "a gull at E-1042, seen by Zanzel" }]);
    index.put("gull", [{ text: "a gull, seen" }]);
    for (let i = 0; i < 9; i++) index.put(`filler${i}`, [{ text: "a tern" }]);
    const namesOf = (query: string, id: string) => index.ask(query).evidenceOf(id, 0)!.names;
    expect(namesOf("gull ", "gull")).toBe(0);
    expect(namesOf("gull Zanzel ", "gull")).toBe(0);
    expect(namesOf("gull Zanzel ", "both")).toBeGreaterThan(1);
    expect(namesOf("E-1042 ", "both")).toBeGreaterThan(namesOf("Zanzel ", "both"));
  });

  test("tells how well the fields of a unit have its words, if they have a form of each but stop words", () => {
    const index = make();
    const titled = (title: string) => [{ text: "A gull at the river.", fields: [{ text: title, weight: 3 }] }];
    index.put("titled", titled("The owls of the tundra"));
    index.put("half", titled("The tundra"));
    index.put("text", [{ text: "The owls of the tundra" }]);
    const titleOf = (query: string, id: string) => index.ask(query).evidenceOf(id, 0)!.title;
    expect(titleOf("owls tundra ", "titled")).toBe(1);
    expect(titleOf("the tundra ", "half")).toBe(1);
    expect(titleOf("owl tundra ", "titled")).toBeGreaterThan(0.9);
    expect(titleOf("owl tundra ", "titled")).toBeLessThan(1);
    expect(titleOf("how to owls ", "titled")).toBe(1);
    expect(titleOf("of ", "titled")).toBe(1);
    for (const [query, id] of [
      ["owls tundra ", "half"],
      ["owls tundra ", "text"],
      ["owls river ", "titled"],
      ["owls xqzvw ", "titled"],
      ["of how ", "titled"],
      ["", "titled"],
    ] as const)
      expect(titleOf(query, id), `${query}in ${id}`).toBe(0);
  });

  test("of a field does not count words of near meaning for the whole of what is asked", () => {
    const index = new WordIndex({ stem, stopWords, meanings });
    index.put("tern", [{ text: "", fields: [{ text: "a tern", weight: 3 }] }]);
    const evidence = index.ask("gull ").evidenceOf("tern", 0)!;
    expect(evidence.coverage).toBeGreaterThan(0);
    expect(evidence.title).toBe(0);
  });

  test("of a field puts a unit among the best by evidence, however many have the word in their texts", () => {
    const index = make();
    for (let i = 0; i < 400; i++) index.put(`e${i}`, [{ text: "tundra tundra tundra" }]);
    index.put("titled", [{ text: "A white owl. ".repeat(20), fields: [{ text: "Birds of the tundra", weight: 3 }] }]);
    expect(index.ask("tundra ").best(1, "score")[0]?.id).not.toBe("titled");
    expect(index.ask("tundra ").best(1, "evidence")[0]?.id).toBe("titled");
  });
});

test("single letters of an identifier are told as matched only if nothing else is", () => {
  const index = new WordIndex();
  index.put("error", [{ text: "Error E-1042, E-2042 and plan E" }]);
  const matched = (query: string) => index.ask(query).matchedIn("error", 0).sort();
  expect(matched("E-1042 ")).toEqual(["1042", "e-1042", "e1042"]);
  expect(matched("e ")).toEqual(["e"]);
});
