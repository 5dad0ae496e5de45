import { passagesOf } from "../passages.ts";
import type { OpenRanker } from "../ranker.ts";
import { window } from "../starter-model.ts";
import { wordsOf } from "../words-index.ts";

/** Pipit's words alone. */
export const openWordsRanker: OpenRanker = async (set) => {
  const { index } = await wordsOf(set, passagesOf(set, window));
  // A space ends the last word: it is whole.
  const rank = async (query: string, k: number) => {
    const hits = index.search(`${query} `, { k: 4 * k });
    return [...new Set(hits.map(({ id }) => id))].slice(0, k);
  };
  return { name: "words", rank };
};
