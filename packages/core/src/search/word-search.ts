import { throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { CollectionHit, FoundPassage } from "../ports/collection.ts";
import type { Passage, UnreadPassage } from "../ports/entry-store.ts";
import { folded, termsOf } from "../words/folded-words.ts";
import { type Match, type MatchedText, TermMatcher } from "./term-matcher.ts";

export interface WordQuery {
  readonly k: number;
  readonly allows: (id: string) => boolean;
}

/** A passage with a vector, and its words that are compared. */
export interface PartlyWorded extends Passage {
  readonly words: string;
}

/** A passage of which all words or some are compared. */
export type SearchedPassage = UnreadPassage | PartlyWorded;

export interface WordHit {
  readonly score: number;
  readonly passage: FoundPassage;
}

/** A text to match, with the UTF-16 units of its letters, digits, marks and signs. */
interface CountedText extends MatchedText {
  readonly letters: number;
}

interface WordPassage {
  readonly passage: FoundPassage;
  readonly whole: CountedText;
  /** The words that the model does not read. */
  readonly unread: CountedText & { readonly text: string };
}

interface WordEntry {
  /** Undefined if each passage has a vector: then an equal text is found by meaning. */
  readonly text: string | undefined;
  readonly passages: readonly WordPassage[];
}

// Terms of a query beyond these are ignored, which bounds its cost.
const MOST_TERMS = 1024;
// A smaller share of common terms is likely by chance, unless they cover some letters in a row.
const LEAST_SHARE = 0.5;
// A different text with the same words scores less than an equal one.
const MOST_OF_ANOTHER = 0.99;
const NO_LETTERS = /[^\p{L}\p{N}\p{M}\p{S}]+/gu;
const LONG_RUN = /[\p{L}\p{N}\p{M}]{41}/u;

/**
 * Finds texts by the words they share with a query, in a scan of all texts. A term matches the beginning of a word. The score is the
 * share of the query's words that occur, weighted by how much of the text they cover; 1 is the same text. An entry has the score of
 * its best passage, or that of all its passages together if that is larger, as for a query that is a part of the whole text.
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
    // An entry that is written again during the search is yielded a second time.
    const hits = new Map<string, CollectionHit>();
    for (const [id, best] of this.#scored(query)) {
      if (best && allows(id)) hits.set(id, { id, ...best });
      await slices.pause();
      throwIfAborted(signal);
    }
    return nearest(hits, k);
  }

  /** The passages of each of the entries that share words with the query, scored by the compared words alone: 1 is the same words. */
  async wordHits(query: string, ids: Iterable<string>, signal?: AbortSignal): Promise<Map<string, readonly WordHit[]>> {
    const matcher = matcherOf(query);
    const slices = new Slices();
    const hits = new Map<string, readonly WordHit[]>();
    for (const id of ids) {
      const { passages = [] } = this.#entries.get(id) ?? {};
      const scored = passages.map(({ passage, unread }) => ({
        score: unread.text === query ? 1 : scoreOf(matcher.match(unread), unread.letters),
        passage,
      }));
      hits.set(
        id,
        scored.filter(({ score }) => score > 0),
      );
      await slices.pause();
      throwIfAborted(signal);
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
  const counted = countedText(text);
  if (!("row" in passage)) return { passage: { start, end, text }, whole: counted, unread: { ...counted, text } };
  const { row, words } = passage;
  return { passage: { row, start, end }, whole: counted, unread: { ...countedText(words), text: words } };
}

function countedText(text: string): CountedText {
  const plain = folded(text);
  return { folded: plain, letters: plain.replace(NO_LETTERS, "").length, isRun: LONG_RUN.test(plain) };
}

/** The whole text of an entry is compared with the query too: an equal text scores 1 even if it has several passages. */
function bestOf({ text, passages }: WordEntry, query: string, matcher: TermMatcher): WordHit | undefined {
  const { each, all } = matcher.matchAll(passages.map(({ whole }) => whole));
  const letters = passages.reduce((sum, { whole }) => sum + whole.letters, 0);
  const together = scoreOf(all, letters);
  let best: { readonly score: number; readonly at: number } | undefined;
  for (const [at, { passage, whole }] of passages.entries()) {
    const isEqual = text === query || (!("row" in passage) && passage.text === query);
    const score = isEqual ? 1 : scoreOf(each[at]!, whole.letters);
    if (!best || score > best.score || (score === best.score && each[at]!.covered > each[best.at]!.covered))
      best = { score, at };
  }
  const score = Math.max(best?.score ?? 0, together);
  return best && score > 0 ? { score, passage: passages[best.at]!.passage } : undefined;
}

function scoreOf({ share, covered, isSignificant }: Match, letters: number): number {
  if (share < LEAST_SHARE && !isSignificant) return 0;
  const coverage = Math.min(1, covered / Math.max(1, letters));
  return Math.min(MOST_OF_ANOTHER, share * (0.5 + coverage / 2));
}

function nearest(hits: ReadonlyMap<string, CollectionHit>, k: number): CollectionHit[] {
  return [...hits.values()].sort((a, b) => b.score - a.score).slice(0, k);
}
