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

  test("of a name puts a unit among the best by evidence", () => {
    const index = new WordIndex({ stem, stopWords, meanings });
    for (let i = 0; i < 600; i++) {
      const name = `Zanzel ${"wren ".repeat(30)}`;
      index.put(`e${i}`, [{ text: i < 60 ? name : i < 120 ? "gull gull gull" : "wren ".repeat(15) }]);
    }
    const best = (by: "score" | "evidence") => Number(index.ask("gull Zanzel ").best(1, by)[0]?.id.slice(1));
    expect(best("score")).toBeGreaterThanOrEqual(60);
    expect(best("evidence")).toBeLessThan(60);
  });

  test("takes an unfinished word without a meaning of its own for the words that it begins", () => {
    const index = new WordIndex({ stem, stopWords, meanings });
    index.put("kingfisher", [{ text: "a blue kingfisher" }]);
    index.put("gullible", [{ text: "a gullible heron" }]);
    const of = (query: string, id: string) => {
      const answer = index.ask(query);
      return { coverage: answer.evidenceOf(id, 0)!.coverage, misspelt: answer.misspelt };
    };
    expect(of("kingf", "kingfisher")).toEqual({ coverage: 1, misspelt: 1 });
    expect(of("kin", "kingfisher").coverage).toBeCloseTo(0.8);
    expect(of("kingf ", "kingfisher")).toMatchObject({ coverage: 0 });
    expect(of("blue", "kingfisher")).toEqual({ coverage: 1, misspelt: 0 });
    // It has a meaning, and is whole.
    expect(of("gull", "gullible").coverage).toBeLessThan(0.5);
    expect(of("gull", "gullible").misspelt).toBe(0);
  });

  test.each([
    ["E-5555", 1],
    ["error E-5555 ", 0.7],
    ['E-5555 "error"', 0.7],
    ["v2.0.2", 1],
    ["192.168.0.18", 1],
    ["E-104", 0],
    ["E-10", 0],
    ["E-10 ", 1],
    ["v2.0.1", 0],
    ["covid-19", 0],
    ["1980s music", 0],
    ["3d printing", 0],
    ["12.345", 0],
    ["67.890", 1],
    ["xqzvw", 0],
    ["$2,751.00", 1],
    ["$2,750.00", 0],
    ["2750 ", 0],
    ["2750.0 ", 0],
    ["release 20.95 ", 0.7],
    ["price 20.95 ", 1],
    ["v20.1", 1],
    ["3.4.5", 1],
    ["4.5", 0],
    ["2.3.4", 0],
    ["v2.3", 0],
    ["v7.5 ", 1],
    ["rake 13.0.6", 0],
    ["v13.0", 0],
    ["v64.0", 1],
    ["$2.750,00", 0],
    ["2750,0", 0],
    ["19.95", 0],
    ["19,95", 0],
    ["20.5", 0],
    ["20.50 ", 0],
    ["20.51", 1],
    ["46.00", 1],
    ["45.00", 0],
    ["45.0", 0],
    ["45.", 0],
    ["7.5", 0],
    ["LH453", 0],
    ["LH 453", 0],
    ["LH454 ", 1],
    ["LH45", 0],
    ["LH45 ", 1],
    ["BRCA2", 1],
    ["gpt-4", 1],
    ["html5", 0],
    ["978-3-16-148410-0", 0],
    ["9783161484100", 0],
    ["978-3-16-148410-1", 1],
    ["12345-68", 0],
    ["12345-69", 1],
    ["98765", 1],
    ["9876", 0],
    ["98,000", 0],
    ["2024-05-14", 0],
    ["14.05.2024", 0],
    ["1990-1995", 0],
  ])("tells which share of %j is a code that no unit has: %d", (query, share) => {
    const index = make();
    for (const text of [
      "Error E-104: open",
      "Release 2.0.1",
      "Version v2.0",
      "Host 192.168.0.17",
      "Covid 19",
      "a tern",
      "$2,750.00, $19.95, 20.50 or 45",
      "LH453, BRCA1, gpt-3",
      "ISBN 978-3-16-148410-0, part 12345-68",
      "a list of 3, 4, 5 and 7 5, version 1.2.3.4, tag rake-13.0.6, 2.3.4.5",
    ]) {
      index.put(text, [{ text }]);
    }
    expect(index.ask(query).absent).toBeCloseTo(share, 0.5);
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

test.each([
  ["HttpRequest ", "An XMLHttpRequestFactory makes requests", "HTTP/2 has requests, HTTP/1.1 not"],
  ["httpRequest", "An XMLHttpRequestFactory makes requests", "any request over HTTP"],
  ["os.path ", "call os.path.join here", "the path of an OS"],
  ["mb4 ", "charset utf8mb4", "4 of 5 MB"],
  ["E-1042 ", "error E 1042", "1042 errors of plan E"],
])(
  "an identifier %j that no unit has as one word counts by its parts, more so in their order",
  (query, right, other) => {
    const index = new WordIndex();
    index.put("other", [{ text: other }]);
    index.put("right", [{ text: right }]);
    const evidence = ["right", "other"].map((id) => index.ask(query).evidenceOf(id, 0)!);
    expect(evidence[0]).toMatchObject({ coverage: 1, names: expect.any(Number) });
    expect(evidence[0]!.names).toBeGreaterThan(evidence[1]!.names);
    index.put("whole", [{ text: query }]);
    expect(index.ask(query).evidenceOf("right", 0)!.coverage).toBeLessThan(1);
  },
);

test("a misspelt word of which its stemmer leaves two letters is corrected", () => {
  const index = new WordIndex({ stem: (word) => (word === "appings" ? "ap" : word) });
  index.put("ap", [{ text: "the AP" }]);
  index.put("mappings", [{ text: "mappings of keys" }]);
  expect(index.search("appings ", { k: 2 }).map(({ id }) => id)).toEqual(["mappings"]);
});

test("what is told as matched depends on what the unit has", () => {
  const index = new WordIndex();
  index.put("whole", [{ text: "since v2.0" }]);
  index.put("longer", [{ text: "since v2.0.1" }]);
  expect(index.ask('"v2.0"').matchedIn("longer", 0).sort()).toEqual(["0", "2", "v"]);
});

test("single letters of an identifier are told as matched only if nothing else is", () => {
  const index = new WordIndex();
  index.put("error", [{ text: "Error E-1042, E-2042 and plan E" }]);
  const matched = (query: string) => index.ask(query).matchedIn("error", 0).sort();
  expect(matched("E-1042 ")).toEqual(["1042", "e-1042", "e1042"]);
  expect(matched("e ")).toEqual(["e"]);
});
