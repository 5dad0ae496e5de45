import { expect, test } from "vitest";
import { partsOfCompound } from "./compound-parts.ts";
import { partExpansions } from "./expansions.ts";
import { wordsOfLanguage } from "./languages.ts";
import { Vocabulary } from "./vocabulary.ts";
import { WordIndex, type WordIndexOptions } from "./word-index.ts";

function filled(options: WordIndexOptions, texts: readonly string[]): WordIndex {
  const index = new WordIndex(options);
  for (const text of texts) index.put(text, [{ text }]);
  return index;
}

const found = (index: WordIndex, query: string) => index.search(query, { k: 9 }).map(({ id }) => id);

test.each([
  ["de", "Stadtwälder ", "Ein Wald am Rand der Stadt."],
  ["de", "Arbeitsmarkt ", "Auf dem Markt zählt die Arbeit."],
  ["de", "Sonnenschein ", "Die Sonne wirft einen hellen Schein."],
  ["de-CH", "Kinderzimmer ", "Das Zimmer gehört dem Kind."],
  ["nl", "stadsbossen ", "Een bos aan de rand van de stad, met bossen en steden en stadsgroen in stads."],
  ["sv", "vinterfågel ", "En fågel i vinter och snö."],
])("in %s the compound %j is found by its parts", async (language, query, text) => {
  expect(found(filled(await wordsOfLanguage(language), [text, "xyz"]), query)).toEqual([text]);
});

test("the compound itself ranks before its parts", async () => {
  const texts = [
    "Auf dem Markt zählt nicht die Arbeit, sagt ein Bericht.",
    "Der Arbeitsmarkt lahmt, sagt das Amt in einem Bericht.",
  ];
  expect(found(filled(await wordsOfLanguage("de"), texts), "Arbeitsmarkt ")).toEqual([texts[1], texts[0]]);
});

test("a word of which only one part is known is no compound", async () => {
  expect(found(filled(await wordsOfLanguage("de"), ["Am Markt."]), "Arbeitsmarkt ")).toEqual([]);
});

test("parts of fewer than four letters are no parts, nor are stop words", async () => {
  const german = await wordsOfLanguage("de");
  expect(found(filled(german, ["Ein Tor aus Eis."]), "Eistor ")).toEqual([]);
  expect(found(filled(german, ["Sie nehmen den Weg unter der Brücke."]), "unternehmen ")).toEqual([]);
});

test("a compound in quotes is meant as it is written", async () => {
  const index = filled(await wordsOfLanguage("de"), ["Ein Markt voller Arbeit."]);
  expect([found(index, "Was ist „Arbeitsmarkt“?"), found(index, "Was ist Arbeitsmarkt?")]).toEqual([
    [],
    ["Ein Markt voller Arbeit."],
  ]);
});

test("an identifier is not parted, nor is a word with digits", () => {
  const vocabulary = new Vocabulary((word) => word);
  for (const word of ["arbeit", "markt", "1999"]) vocabulary.add(word);
  const parts = (word: string, isIdentifier = false) =>
    partsOfCompound({ word, isIdentifier }, { vocabulary, isCompounding: true });
  expect(parts("arbeitsmarkt")).toEqual([0, 1]);
  expect([parts("arbeitsmarkt", true), parts("1999markt")]).toEqual([[], []]);
});

test("of parts at most sixteen count, and none that is deleted or counts already", () => {
  const parts = Array.from({ length: 40 }, (_, word) => word);
  const rarities = { documentsOf: (word: number) => (word === 0 ? 0 : 1), rarityOf: () => 2 };
  const counted = partExpansions(parts, { words: [{ word: 1, weight: 1 }], rarity: 4 }, rarities);
  expect(counted.map(({ word }) => word)).toEqual(parts.slice(2, 18));
  expect(counted[0]!.weight).toBeCloseTo(0.35 * 0.5, 12);
});

test("a language that writes compounds as several words has none to part", async () => {
  expect(found(filled(await wordsOfLanguage("en"), ["A wood with a pecker."]), "woodpecker ")).toEqual([]);
});

test("an index that was just opened does not part compounds before it knows inflections", async () => {
  const index = filled(await wordsOfLanguage("de"), ["Ein Markt voller Arbeit."]);
  expect(index.ask("Arbeitsmarkt ", { reach: "typed" }).best(9)).toEqual([]);
});
