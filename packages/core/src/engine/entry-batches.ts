import { checkedEntry, type PlainEntry } from "../checks/check-entry.ts";
import { entryCharacters } from "../checks/entry-characters.ts";
import type { Entry } from "../entry.ts";
import type { EntrySource } from "../ports/search-engine.ts";

export interface BatchLimit {
  /** The most entries of a batch. It may change from batch to batch. */
  readonly entries: number;
}

// A batch ends at its limit of entries, or at this many characters, which bounds memory.
const MOST_CHARACTERS = 256 * 1024;

/** Entries that are embedded, sent or stored together. */
export class EntryBatch {
  readonly entries: PlainEntry[] = [];
  readonly #limit: BatchLimit;
  #characters = 0;

  constructor(limit: BatchLimit) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.entries.length >= this.#limit.entries || this.#characters >= MOST_CHARACTERS;
  }

  /** Adds a checked copy of the entry. Throws `bad-input`. */
  add(given: Entry): void {
    const entry = checkedEntry(given);
    this.entries.push(entry);
    this.#characters += entryCharacters(entry);
  }
}

/** Reads a source only as fast as its batches are taken. Every entry is checked before its batch is yielded. */
export async function* entryBatches(source: EntrySource, limit: BatchLimit): AsyncGenerator<PlainEntry[]> {
  let batch = new EntryBatch(limit);
  for await (const given of source) {
    batch.add(given);
    if (!batch.isFull) continue;
    yield batch.entries;
    batch = new EntryBatch(limit);
  }
  if (batch.entries.length > 0) yield batch.entries;
}
