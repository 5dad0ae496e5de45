import { importOutsideText } from "../outside-text.ts";
import type { OpenRanker } from "../ranker.ts";
import type { RelevanceSet } from "../relevance-set.ts";
import { stemmerOf, stopWordsOf } from "../words-of.ts";

interface Options {
  readonly fields: readonly string[];
  readonly processTerm?: (term: string) => string | undefined;
}
interface MiniSearch {
  addAll(documents: readonly object[]): void;
  search(query: string): { readonly id: string }[];
}
type MiniSearchClass = new (options: Options) => MiniSearch;

/** MiniSearch as it comes: whole words, any of the query's words. */
export const openMinisearch: OpenRanker = (set) => open("minisearch", set, {});

/** MiniSearch with the stemmer and the stop words of the set's language. */
export const openStemmedMinisearch: OpenRanker = async (set) => {
  const [stemmer, stopWords] = await Promise.all([stemmerOf(set.language), stopWordsOf(set.language)]);
  const processTerm = (term: string) => {
    const word = term.toLowerCase();
    return stopWords.has(word) ? undefined : (stemmer?.(word) ?? word);
  };
  return open("minisearch-stemmed", set, { processTerm });
};

async function open(name: string, set: RelevanceSet, options: Omit<Options, "fields">) {
  const MiniSearch = await importOutsideText<MiniSearchClass>("minisearch");
  const index = new MiniSearch({ fields: ["title", "text"], ...options });
  index.addAll(set.documents.map(({ id, title, text }) => ({ id, title, text })));
  const rank = async (query: string, k: number) =>
    index
      .search(query)
      .slice(0, k)
      .map(({ id }) => id);
  return { name, rank };
}
