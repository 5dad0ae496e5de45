import { expect, test } from "vitest";
import { wordsOfLanguage } from "./languages.ts";
import { WordIndex } from "./word-index.ts";

test.each([
  ["en", "woodpeckers", "woodpecker"],
  ["en-GB", "hunting", "hunted"],
  ["de", "Vögel singen", "vogel singt"],
  ["fr", "oiseaux chanteurs", "oiseau chanteur"],
  ["es", "pájaros cantan", "pajaro cantar"],
  ["ru", "птицы", "птица"],
  ["ar", "الطيور", "طيور"],
])("in %s %j is found by %j", async (language, text, query) => {
  const index = new WordIndex(await wordsOfLanguage(language));
  index.put("a", [{ text }]);
  index.put("b", [{ text: "xyz" }]);
  expect(index.search(`${query} `, { k: 2 }).map(({ id }) => id)).toEqual(["a"]);
});

test("a language without stemmer and stop words is indexed as it is written", async () => {
  expect(await wordsOfLanguage("xx")).toEqual({ stopWords: new Set() });
  expect(await wordsOfLanguage("constructor")).toEqual({ stopWords: new Set() });
});
