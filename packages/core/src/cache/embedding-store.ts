import type { ComputedText } from "../computed-text.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import { type RecordShape, recordOf, textOf } from "./embedding-record.ts";

export interface EmbeddingStoreOptions {
  readonly store: ByteStore;
  /** Called for the first of several failures in a row. */
  readonly onStoreError?: ((error: unknown) => void) | undefined;
}

/** Computed texts by key. If the store fails, nothing is found or stored; no error is thrown. */
export class EmbeddingStore {
  readonly #store: ByteStore;
  readonly #onStoreError: (error: unknown) => void;
  #failing = false;

  constructor({ store, onStoreError = () => {} }: EmbeddingStoreOptions) {
    this.#store = store;
    this.#onStoreError = onStoreError;
  }

  /** Damaged bytes count as missing, and the text is computed again. */
  async read(keys: readonly string[], shape: RecordShape): Promise<Map<string, ComputedText>> {
    const found = (await this.#attempt(() => this.#store.getMany(keys))) ?? [];
    const texts = new Map<string, ComputedText>();
    keys.forEach((key, i) => {
      const text = found[i] && textOf(found[i], shape);
      if (text) texts.set(key, text);
    });
    return texts;
  }

  async write(texts: ReadonlyMap<string, ComputedText>): Promise<void> {
    const records = [...texts].map(([key, text]) => [key, recordOf(text)] as const);
    await this.#attempt(() => this.#store.putMany(records));
  }

  async #attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await call();
      this.#failing = false;
      return answer;
    } catch (error) {
      if (!this.#failing) this.#onStoreError(error);
      this.#failing = true;
      return undefined;
    }
  }
}
