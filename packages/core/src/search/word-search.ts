import { throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { CollectionHit, WordedPassage } from "../ports/collection.ts";
import type { UnreadPassage } from "../ports/entry-store.ts";
import { folded, termsOf } from "./folded-words.ts";
import { type MatchedText, TermMatcher } from "./term-matcher.ts";

export interface WordQuery {
  readonly k: number;
  readonly allows: (id: string) => boolean;
}

/** [start, end) of a text, found by its words. */
export interface WordedSpan extends UnreadPassage {
  /** The words that are compared, where they are not all that the passage has. */
  readonly words?: string | undefined;
}

interface WordPassage extends MatchedText {
  readonly passage: WordedPassage;
  readonly words: string;
  /** UTF-16 units of letters, digits, marks and signs of the words. */
  readonly letters: number;
}

type Best = Omit<CollectionHit, "id">;

// Terms of a query beyond these are ignored, which bounds its cost.
const MOST_TERMS = 64;
// A smaller share of common terms is likely by chance, above all pairs of letters in scripts without spaces.
const LEAST_SHARE = 0.5;
const NO_LETTERS = /[^\p{L}\p{N}\p{M}\p{S}]+/gu;
const LONG_RUN = /[\p{L}\p{N}\p{M}]{41}/u;

/**
 * Finds texts by the words they share with a query, in a scan of all texts. A term matches the beginning of a word. The score is the
 * share of the query's words that occur, weighted by how much of the passage's words they cover; 1 is the same text.
 */
export class WordSearch {
  private readonly entries = new Map<string, readonly WordPassage[]>();

  put(id: string, text: string, passages: readonly WordedSpan[]): void {
    this.entries.set(
      id,
      passages.map((passage) => wordPassage(text, passage)),
    );
  }

  delete(id: string): void {
    this.entries.delete(id);
  }

  search(query: string, { k, allows }: WordQuery): CollectionHit[] {
    const hits = new Map<string, CollectionHit>();
    for (const [id, best] of this.scored(query)) if (best && allows(id)) hits.set(id, { id, ...best });
    return nearest(hits, k);
  }

  /** The same search in slices, so that the event loop runs in between and an abort ends it. */
  async searchInSlices(query: string, { k, allows }: WordQuery, signal?: AbortSignal): Promise<CollectionHit[]> {
    const slices = new Slices();
    // An entry that is written again meanwhile is yielded a second time.
    const hits = new Map<string, CollectionHit>();
    for (const [id, best] of this.scored(query)) {
      if (best && allows(id)) hits.set(id, { id, ...best });
      await slices.pause();
      throwIfAborted(signal);
    }
    return nearest(hits, k);
  }

  private *scored(query: string): Generator<[id: string, best: Best | undefined]> {
    const terms = termsOf(folded(query)).slice(0, MOST_TERMS);
    const matcher = new TermMatcher(terms);
    for (const [id, passages] of this.entries) yield [id, bestOf(passages, query.trim(), matcher)];
  }
}

function wordPassage(whole: string, { start, end, words }: WordedSpan): WordPassage {
  const text = whole.slice(start, end);
  const compared = words ?? text;
  const plain = folded(compared);
  const letters = plain.replace(NO_LETTERS, "").length;
  const passage = { start, end, text };
  return { passage, words: compared, folded: plain, letters, isRun: LONG_RUN.test(plain) };
}

function bestOf(passages: readonly WordPassage[], query: string, matcher: TermMatcher): Best | undefined {
  let best: Best | undefined;
  for (const passage of passages) {
    const score = passage.words === query ? 1 : scoreOf(passage, matcher);
    if (score > (best?.score ?? 0)) best = { score, passage: passage.passage };
  }
  return best;
}

// A different text with the same words scores less than an equal one.
const MOST_OF_ANOTHER = 0.99;

function scoreOf(passage: WordPassage, matcher: TermMatcher): number {
  const { share, covered } = matcher.match(passage);
  if (share < LEAST_SHARE) return 0;
  const coverage = Math.min(1, covered / Math.max(1, passage.letters));
  return Math.min(MOST_OF_ANOTHER, share * (0.5 + coverage / 2));
}

function nearest(hits: ReadonlyMap<string, CollectionHit>, k: number): CollectionHit[] {
  return [...hits.values()].sort((a, b) => b.score - a.score).slice(0, k);
}
