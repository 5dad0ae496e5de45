import type { CollectionHit } from "../ports/collection.ts";
import type { UnreadPassage } from "../ports/entry-store.ts";
import { folded, type Term, termsOf } from "./folded-words.ts";

export interface WordQuery {
  readonly k: number;
  readonly allows: (id: string) => boolean;
}

interface WordPassage extends UnreadPassage {
  readonly text: string;
  readonly folded: string;
}

// A query of more terms is told apart by these, and costs no more.
const MOST_TERMS = 64;
// Fewer of the query's terms in common are chance: neighbouring letters of a script without spaces often are.
const LEAST_SHARE = 0.5;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
// A run of letters this long has no words to begin at.
const LONG_RUN = /[\p{L}\p{N}\p{M}]{101}/u;

/**
 * Texts found by the words they share with a query: a scan of all of them, each word compared from its beginning. The score is
 * the share of the query's words that are there, weighed by how much of the passage they are; 1 is the query itself.
 */
export class WordSearch {
  private readonly entries = new Map<string, readonly WordPassage[]>();

  put(id: string, text: string, passages: readonly UnreadPassage[]): void {
    const words = passages.map(({ start, end }) => {
      const own = text.slice(start, end);
      return { start, end, text: own, folded: folded(own) };
    });
    this.entries.set(id, words);
  }

  delete(id: string): void {
    this.entries.delete(id);
  }

  search(query: string, { k, allows }: WordQuery): CollectionHit[] {
    const terms = termsOf(folded(query)).slice(0, MOST_TERMS);
    if (terms.length === 0) return [];
    const hits: CollectionHit[] = [];
    for (const [id, passages] of this.entries) {
      const best = bestOf(passages, query.trim(), terms);
      if (best && allows(id)) hits.push({ id, ...best });
    }
    return hits.sort((a, b) => b.score - a.score).slice(0, k);
  }
}

function bestOf(passages: readonly WordPassage[], query: string, terms: readonly Term[]) {
  let best: Omit<CollectionHit, "id"> | undefined;
  for (const passage of passages) {
    const score = passage.text === query ? 1 : scoreOf(passage, terms);
    if (score <= (best?.score ?? 0)) continue;
    best = { score, passage: { start: passage.start, end: passage.end } };
  }
  return best;
}

// Another text of the same words is not the same text.
const MOST_OF_ANOTHER = 0.99;

function scoreOf({ folded: text }: WordPassage, terms: readonly Term[]): number {
  const found = terms.filter((term) => placesOf(text, term, 1).length > 0);
  const share = found.length / terms.length;
  if (share < LEAST_SHARE) return 0;
  return Math.min(MOST_OF_ANOTHER, share * (0.5 + coverage(text, found) / 2));
}

/** Share of a text's letters that the terms are. */
function coverage(text: string, terms: readonly Term[]): number {
  const covered = new Uint8Array(text.length);
  for (const term of terms) for (const at of placesOf(text, term)) covered.fill(1, at, at + term.text.length);
  const letters = text.match(/[\p{L}\p{N}\p{M}\p{S}]/gu) ?? [];
  const length = letters.reduce((sum, letter) => sum + letter.length, 0);
  return Math.min(1, covered.reduce((sum, one) => sum + one, 0) / Math.max(1, length));
}

function placesOf(text: string, { text: term, anywhere }: Term, most = Number.POSITIVE_INFINITY): number[] {
  const places: number[] = [];
  const inWords = anywhere || LONG_RUN.test(text);
  for (let at = text.indexOf(term); at >= 0 && places.length < most; at = text.indexOf(term, at + 1)) {
    if (inWords || !LETTER.test(lastCharacter(text, at))) places.push(at);
  }
  return places;
}

function lastCharacter(text: string, end: number): string {
  return /[\udc00-\udfff]/.test(text[end - 1] ?? "") ? text.slice(end - 2, end) : text.slice(Math.max(0, end - 1), end);
}
