import { type Entry, EntryBatch, type EntrySource } from "@pipit/core";

const MESSAGE = { entries: 64 };

/** Reads a source on demand, in messages of bounded size. */
export class EntryFeed {
  readonly #entries: AsyncIterator<Entry> | Iterator<Entry>;
  /** The error of the source, or of the check that refused its entries. The caller gets it unchanged. */
  failure: { readonly error: unknown } | undefined;

  constructor(source: EntrySource) {
    this.#entries = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** The next entries; an empty list at the end. */
  async pull(): Promise<readonly Entry[]> {
    try {
      return await this.#next();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Ends a source that was not read to its end, so that it can clean up. This is not awaited, because the source may be in a long wait. */
  end(): void {
    void Promise.resolve(this.#entries.return?.()).catch(() => undefined);
  }

  async #next(): Promise<readonly Entry[]> {
    const batch = new EntryBatch(MESSAGE);
    while (!batch.isFull) {
      const next = await this.#entries.next();
      if (next.done) break;
      // Checked here, because a structured clone drops getters and fails for values that it cannot copy.
      batch.add(next.value);
    }
    return batch.entries;
  }
}
