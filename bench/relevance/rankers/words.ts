import { WordIndex, wordsOfLanguage } from "@pipit/core";
import { passagesOf } from "../passages.ts";
import type { OpenRanker } from "../ranker.ts";
import { window } from "../starter-model.ts";

/** A name counts as three times its occurrence in the text. */
const TITLE_WEIGHT = 3;

/** Pipit's words alone: its inverted index of passages, each with the title of its document. */
export const openWordsRanker: OpenRanker = async (set) => {
  const index = new WordIndex(await wordsOfLanguage(set.language));
  const texts = set.documents.map((): string[] => []);
  for (const { document, text } of passagesOf(set, window)) texts[document]!.push(text);
  for (const [i, { id, title }] of set.documents.entries()) {
    const fields = title === undefined ? [] : [{ text: title, weight: TITLE_WEIGHT }];
    index.put(
      id,
      texts[i]!.map((text) => ({ text, fields })),
    );
  }
  // A space ends the last word: it is whole.
  const rank = async (query: string, k: number) => {
    const hits = index.search(`${query} `, { k: 4 * k });
    return [...new Set(hits.map(({ id }) => id))].slice(0, k);
  };
  return { name: "words", rank };
};
