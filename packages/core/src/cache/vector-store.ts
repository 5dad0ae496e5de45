import type { ByteStore } from "../ports/byte-store.ts";
import { whyNotUnitRows } from "../unit-rows.ts";

export interface VectorStoreOptions {
  readonly store: ByteStore;
  readonly dimensions: number;
  /** Called for the first of several failures in a row. */
  readonly onStoreError?: ((error: unknown) => void) | undefined;
}

/** Vectors as little-endian float32 bytes. If the store fails, nothing is found or stored; no error is thrown. */
export class VectorStore {
  readonly #store: ByteStore;
  readonly #dimensions: number;
  readonly #onStoreError: (error: unknown) => void;
  #failing = false;

  constructor({ store, dimensions, onStoreError = () => {} }: VectorStoreOptions) {
    this.#store = store;
    this.#dimensions = dimensions;
    this.#onStoreError = onStoreError;
  }

  async read(keys: readonly string[]): Promise<Map<string, Float32Array>> {
    const found = (await this.#attempt(() => this.#store.getMany(keys))) ?? [];
    const vectors = new Map<string, Float32Array>();
    keys.forEach((key, i) => {
      const vector = this.#vectorOf(found[i]);
      if (vector) vectors.set(key, vector);
    });
    return vectors;
  }

  // Damaged bytes must not become a vector: they count as missing, and the vector is computed again.
  #vectorOf(bytes: Uint8Array | undefined): Float32Array | undefined {
    if (bytes?.length !== this.#dimensions * 4) return undefined;
    const vector = new Float32Array(bytes.slice().buffer);
    return whyNotUnitRows(vector, 1, this.#dimensions) ? undefined : vector;
  }

  async write(vectors: ReadonlyMap<string, Float32Array>): Promise<void> {
    const records = [...vectors].map(([key, vector]) => [key, bytesOf(vector)] as const);
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

const bytesOf = (vector: Float32Array) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
