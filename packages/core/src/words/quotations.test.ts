import { expect, test } from "vitest";
import { wordsOfLanguage } from "./languages.ts";
import { WordIndex } from "./word-index.ts";

const TEXTS = {
  book: "Silent Spring was written by Rachel Carson, who wrote little else.",
  ponds: "In spring the ponds fall silent, he wrote.",
  band: "The Who form a band in London.",
  clubs: "People who form a club need a hall.",
};

async function filled(): Promise<WordIndex> {
  const index = new WordIndex(await wordsOfLanguage("en"));
  for (const [id, text] of Object.entries(TEXTS)) index.put(id, [{ text }]);
  return index;
}

async function found(query: string): Promise<string[]> {
  return (await filled()).search(query, { k: 9 }).map(({ id }) => id);
}

test("what a question quotes need not be there as it is, what other queries quote must", async () => {
  expect((await found('who wrote of the "spring silent"?')).toSorted()).toContain("ponds");
  expect(await found('wrote "spring silent"')).toEqual([]);
});

test("a quotation that is there as it is counts as a name", async () => {
  const answer = (await filled()).ask('Who wrote "Silent Spring"?');
  expect(answer.evidenceOf("book", 0)!.names).toBeGreaterThan(answer.evidenceOf("ponds", 0)!.names);
  const words = (await filled()).ask("Who wrote Silent Spring?");
  expect(words.evidenceOf("book", 0)!.names).toBe(words.evidenceOf("ponds", 0)!.names);
});

test("a single quoted word counts as that word only", async () => {
  const [quoted, plain] = [(await filled()).ask('Is it "spring"?'), (await filled()).ask("Is it spring?")];
  expect(quoted.evidenceOf("book", 0)).toEqual(plain.evidenceOf("book", 0));
});

test("a quotation of stop words must be there, because each for itself says little", async () => {
  expect(await found('When did "The Who" form?')).toEqual(["band"]);
  expect(await found('When did "Who hall" form?')).toContain("band");
});
