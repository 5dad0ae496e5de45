import { throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { CollectionHit, FoundPassage } from "../ports/collection.ts";
import type { Passage, UnreadPassage } from "../ports/entry-store.ts";
import { folded, termsOf } from "./folded-words.ts";
import { type MatchedText, TermMatcher } from "./term-matcher.ts";

export interface WordQuery {
  readonly k: number;
  readonly allows: (id: string) => boolean;
}

/** A passage with a vector, and those of its words that are compared. */
export interface PartlyWorded extends Passage {
  readonly words: string;
}

/** A passage of which all words are compared, or some. */
export type SearchedPassage = UnreadPassage | PartlyWorded;

export interface WordHit {
  readonly score: number;
  readonly passage: FoundPassage;
}

interface WordPassage extends MatchedText {
  readonly passage: FoundPassage;
  /** The words that are compared. */
  readonly words: string;
  /** UTF-16 units of letters, digits, marks and signs: of these words, and of the whole passage. */
  readonly letters: { readonly words: number; readonly passage: number };
}

interface WordEntry {
  /** Undefined if each passage has a vector: then meaning finds an equal text. */
  readonly text: string | undefined;
  readonly passages: readonly WordPassage[];
}

// Terms of a query beyond these are ignored, which bounds its cost.
const MOST_TERMS = 1024;
// A smaller share of common terms is likely by chance, above all pairs of letters in scripts without spaces.
const LEAST_SHARE = 0.5;
// A different text with the same words scores less than an equal one.
const MOST_OF_ANOTHER = 0.99;
const NO_LETTERS = /[^\p{L}\p{N}\p{M}\p{S}]+/gu;
const LONG_RUN = /[\p{L}\p{N}\p{M}]{41}/u;

/**
 * Finds texts by the words they share with a query, in a scan of all texts. A term matches the beginning of a word. The score is the
 * share of the query's words that occur, weighted by how much of the passage they cover; 1 is the same text.
 */
export class WordSearch {
  readonly #entries = new Map<string, WordEntry>();

  put(id: string, text: string, passages: readonly SearchedPassage[]): void {
    const isPartly = passages.every((passage) => "row" in passage);
    const worded = passages.map((passage) => wordPassage(text, passage));
    this.#entries.set(id, { text: isPartly ? undefined : text.trim(), passages: worded });
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  search(query: string, { k, allows }: WordQuery): CollectionHit[] {
    const hits = new Map<string, CollectionHit>();
    for (const [id, best] of this.#scored(query)) if (best && allows(id)) hits.set(id, { id, ...best });
    return nearest(hits, k);
  }

  /** The same search in slices, so that the event loop runs in between and an abort ends it. */
  async searchInSlices(query: string, { k, allows }: WordQuery, signal?: AbortSignal): Promise<CollectionHit[]> {
    const slices = new Slices();
    // An entry that is written again meanwhile is yielded a second time.
    const hits = new Map<string, CollectionHit>();
    for (const [id, best] of this.#scored(query)) {
      if (best && allows(id)) hits.set(id, { id, ...best });
      await slices.pause();
      throwIfAborted(signal);
    }
    return nearest(hits, k);
  }

  /** The passages of each of the entries that share words with the query, scored by the compared words alone: 1 is the same words. */
  wordHits(query: string, ids: Iterable<string>): Map<string, readonly WordHit[]> {
    const matcher = matcherOf(query);
    const hits = new Map<string, readonly WordHit[]>();
    for (const id of ids) {
      const { passages = [] } = this.#entries.get(id) ?? {};
      const scored = passages.map((each) => ({ score: scoreOfWords(each, query, matcher), passage: each.passage }));
      hits.set(
        id,
        scored.filter(({ score }) => score > 0),
      );
    }
    return hits;
  }

  *#scored(query: string): Generator<[id: string, best: WordHit | undefined]> {
    const asked = query.trim();
    const matcher = matcherOf(query);
    for (const [id, entry] of this.#entries) yield [id, bestOf(entry, asked, matcher)];
  }
}

function matcherOf(query: string): TermMatcher {
  return new TermMatcher(termsOf(folded(query)).slice(0, MOST_TERMS));
}

function wordPassage(whole: string, passage: SearchedPassage): WordPassage {
  const { start, end } = passage;
  const text = whole.slice(start, end);
  const isPartly = "row" in passage;
  const words = isPartly ? passage.words : text;
  const plain = folded(words);
  const ofWords = lettersIn(plain);
  return {
    // Texts of passages with vectors are not kept in memory.
    passage: isPartly ? { row: passage.row, start, end } : { start, end, text },
    words,
    folded: plain,
    letters: { words: ofWords, passage: isPartly ? lettersIn(folded(text)) : ofWords },
    isRun: LONG_RUN.test(plain),
  };
}

function lettersIn(plain: string): number {
  return plain.replace(NO_LETTERS, "").length;
}

/** An entry of several passages is equal to a query as a whole. */
function bestOf({ text, passages }: WordEntry, query: string, matcher: TermMatcher): WordHit | undefined {
  let best: WordHit | undefined;
  for (const each of passages) {
    const isEqual = text === query || (!("row" in each.passage) && each.words === query);
    const score = isEqual ? 1 : scoreOf(each, each.letters.passage, matcher);
    if (score > (best?.score ?? 0)) best = { score, passage: each.passage };
  }
  return best;
}

function scoreOfWords(passage: WordPassage, query: string, matcher: TermMatcher): number {
  return passage.words === query ? 1 : scoreOf(passage, passage.letters.words, matcher);
}

function scoreOf(text: MatchedText, letters: number, matcher: TermMatcher): number {
  const { share, covered } = matcher.match(text);
  if (share < LEAST_SHARE) return 0;
  const coverage = Math.min(1, covered / Math.max(1, letters));
  return Math.min(MOST_OF_ANOTHER, share * (0.5 + coverage / 2));
}

function nearest(hits: ReadonlyMap<string, CollectionHit>, k: number): CollectionHit[] {
  return [...hits.values()].sort((a, b) => b.score - a.score).slice(0, k);
}
