import { checkedEntry, type Entry, type EntrySource, entryCharacters } from "@pipit/core";

const MOST_ENTRIES = 64;
const MOST_CHARACTERS = 256 * 1024;

/** Reads a source in messages of bounded size, each only when asked for. */
export class EntryFeed {
  readonly #entries: AsyncIterator<Entry> | Iterator<Entry>;
  /** What the source itself threw, or its entries were refused with, to be given to the caller as it was. */
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

  /** Lets a source that was not read to its end clean up. Not awaited: a source in the middle of a wait answers late. */
  end(): void {
    void Promise.resolve(this.#entries.return?.()).catch(() => undefined);
  }

  async #next(): Promise<readonly Entry[]> {
    const batch: Entry[] = [];
    let characters = 0;
    while (batch.length < MOST_ENTRIES && characters < MOST_CHARACTERS) {
      const next = await this.#entries.next();
      if (next.done) break;
      // Checked here, because a clone leaves out getters and fails on what it cannot copy.
      const entry = checkedEntry(next.value);
      batch.push(entry);
      characters += entryCharacters(entry);
    }
    return batch;
  }
}
