import { expect, test } from "vitest";
import { checkedLanguage, wordsOfLanguage } from "./languages.ts";
import { WordIndex } from "./word-index.ts";

test.each([
  ["en", "woodpeckers", "woodpecker"],
  ["en-GB", "hunting", "hunted"],
  ["de", "Vögel singen", "vogel singt"],
  ["fr", "oiseaux chanteurs", "oiseau chanteur"],
  ["es", "pájaros cantan", "pajaro cantar"],
  ["ru", "птицы", "птица"],
  ["ar", "الطيور", "طيور"],
  ["bg", "центърът на града", "центърът"],
  ["ru", "красный", "красная"],
  ["pt", "informação", "informações"],
  ["es", "habitación", "habitaciones"],
  ["fr", "manger", "mangée"],
  ["nb", "ugler", "ugle"],
])("in %s %j is found by %j", async (language, text, query) => {
  const index = new WordIndex(await wordsOfLanguage(language));
  index.put("a", [{ text }]);
  index.put("b", [{ text: "xyz" }]);
  expect(index.search(`${query} `, { k: 2 }).map(({ id }) => id)).toEqual(["a"]);
});

test.each([
  ["de", "welchem wurden jeder zwischen"],
  ["es", "cuál cuándo cómo dónde"],
  ["fr", "lequel combien"],
  ["it", "quali quanto"],
  ["nl", "welke wanneer"],
  ["pt", "quais quantos"],
])("in %s the forms of question words, pronouns and auxiliaries count little: %j", async (language, words) => {
  const { stopWords } = await wordsOfLanguage(language);
  expect(words.split(" ").filter((word) => !stopWords!.has(word))).toEqual([]);
});

test("a stemmer that fails for a word, or leaves nothing of it, leaves it as it is", () => {
  const stem = (word: string) => {
    if (word === "broken") throw new TypeError("no");
    return word === "empty" ? "" : word.replace(/s$/, "");
  };
  const index = new WordIndex({ stem });
  index.put("a", [{ text: "broken owls" }]);
  index.put("a", [{ text: "broken owls at night" }]);
  index.put("b", [{ text: "empty nests" }]);
  const found = (query: string) => index.search(`${query} `, { k: 9 }).map(({ id }) => id);
  expect([found("broken"), found("owl"), found("empty"), found("nest")]).toEqual([["a"], ["a"], ["b"], ["b"]]);
});

test("a language without stemmer and stop words is indexed as it is written", async () => {
  expect(await wordsOfLanguage("xx")).toEqual({ stopWords: new Set() });
  expect(await wordsOfLanguage("constructor")).toEqual({ stopWords: new Set() });
});

test.each(["English", "e", "", "en_US", "en-", 3, null])("%j is no tag of a language", (tag) => {
  expect(() => checkedLanguage(tag as never)).toThrow(/BCP 47/);
});

test("a tag may name a region, and its language counts", async () => {
  expect(checkedLanguage("de-AT")).toBe("de-AT");
  expect((await wordsOfLanguage("de-AT")).stem?.("häuser")).toBe((await wordsOfLanguage("de")).stem?.("häuser"));
});
