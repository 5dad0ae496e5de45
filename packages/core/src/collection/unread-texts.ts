import { throwIfAborted } from "../errors.ts";
import type { CollectionHit } from "../ports/collection.ts";
import type { EntryStore, EntryText, UnreadPassage } from "../ports/entry-store.ts";
import { type SearchedPassage, type WordHit, type WordQuery, WordSearch } from "../search/word-search.ts";
import type { Listing } from "./directory.ts";

const AT_ONCE = 256;

interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The words of all passages that the model does not read, or reads in part. A snapshot lists entries that have such words; their texts
 * are read at the first search.
 */
export class UnreadTexts {
  readonly #words = new WordSearch();
  readonly #waiting = new Set<string>();

  expect(listings: readonly Listing[]): void {
    for (const { id, unread } of listings) if (unread?.length) this.#waiting.add(id);
  }

  put({ id, text, passages, unread }: EntryText): void {
    this.delete(id);
    if (unread?.length) this.#words.put(id, text, searchedPassages({ text, passages, unread }));
  }

  delete(id: string): void {
    this.#waiting.delete(id);
    this.#words.delete(id);
  }

  async search(store: EntryStore, text: string, query: WordQuery & Abortable): Promise<CollectionHit[]> {
    const ids = [...this.#waiting];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      throwIfAborted(query.signal);
      for (const entry of await store.readTexts(ids.slice(at, at + AT_ONCE))) {
        // An entry that was written again meanwhile is no longer in `waiting`: its new words are known.
        if (entry && this.#waiting.has(entry.id)) this.put(entry);
      }
    }
    for (const id of ids) this.#waiting.delete(id);
    return this.#words.searchInSlices(text, query, query.signal);
  }

  /** See `WordSearch.wordHits`. It is called after a search, which reads the texts that are not read yet. */
  wordHits(text: string, ids: Iterable<string>, signal?: AbortSignal): Promise<Map<string, readonly WordHit[]>> {
    return this.#words.wordHits(text, ids, signal);
  }
}

interface PartlyRead extends Pick<EntryText, "text" | "passages"> {
  readonly unread: readonly UnreadPassage[];
}

/** Unread words of a passage with a vector are compared together and found with the passage around them. */
function searchedPassages({ text, passages, unread }: PartlyRead): SearchedPassage[] {
  const parts = [...unread].sort((a, b) => a.start - b.start);
  const alone = new Set(parts);
  const around: SearchedPassage[] = [];
  let first = 0;
  for (const passage of passages) {
    const { start, end } = passage;
    while (first < parts.length && parts[first]!.start < start) first++;
    const words: string[] = [];
    for (let i = first; i < parts.length && parts[i]!.start < end; i++) {
      const part = parts[i]!;
      if (part.end > end) continue;
      words.push(text.slice(part.start, part.end));
      alone.delete(part);
    }
    if (words.length > 0) around.push({ ...passage, words: words.join(" ") });
  }
  return [...alone, ...around];
}
