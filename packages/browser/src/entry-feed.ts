import { checkedEntry, type Entry, type EntrySource, entryCharacters } from "@pipit/core";

const MOST_ENTRIES = 64;
const MOST_CHARACTERS = 256 * 1024;

/** Reads a source on demand, in messages of bounded size. */
export class EntryFeed {
  readonly #entries: AsyncIterator<Entry> | Iterator<Entry>;
  /** The error that the source threw or its entries were refused with. The caller gets it unchanged. */
  failure: { readonly error: unknown } | undefined;

  constructor(source: EntrySource) {
    this.#entries = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The next entries; none at the end. */
  async pull(): Promise<readonly Entry[]> {
    try {
      return await this.#next();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Lets a source clean up that was not read to its end. It is not awaited, because the source may be in a long wait. */
  end(): void {
    void Promise.resolve(this.#entries.return?.()).catch(() => undefined);
  }

  async #next(): Promise<readonly Entry[]> {
    const batch: Entry[] = [];
    let characters = 0;
    while (batch.length < MOST_ENTRIES && characters < MOST_CHARACTERS) {
      const next = await this.#entries.next();
      if (next.done) break;
      // Checked here, because a structured clone drops getters and fails for values that it cannot copy.
      const entry = checkedEntry(next.value);
      batch.push(entry);
      characters += entryCharacters(entry);
    }
    return batch;
  }
}
