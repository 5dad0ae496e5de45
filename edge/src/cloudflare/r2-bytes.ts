import { type ByteStore, closedError, joinPieces, PipitError } from "@pipit/core";
import type { R2Binding } from "./cloudflare-bindings.ts";

/**
 * A ByteStore in an R2 bucket: index snapshots, so that a fresh isolate opens a collection without reading every row.
 * R2 has no transactions over several objects: each record is stored whole, a call with several may be stored in part.
 */
export function createR2Bytes(bucket: R2Binding): ByteStore {
  return new R2Bytes(bucket);
}

class R2Bytes implements ByteStore {
  readonly #bucket: R2Binding;
  #closed = false;

  constructor(bucket: R2Binding) {
    this.#bucket = bucket;
  }

  getMany(keys: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]> {
    return this.#translated(() => Promise.all(keys.map((key) => this.#read(key))));
  }

  putMany(records: readonly (readonly [key: string, bytes: Uint8Array])[]): Promise<void> {
    const copies = records.map(([key, bytes]) => [objectName(key), bytes.slice()] as const);
    return this.#translated(async () => {
      for (const [name, bytes] of copies) await this.#bucket.put(name, bytes);
    });
  }

  async putPieces(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await this.putMany([[key, await joinPieces(pieces)]]);
  }

  deleteMany(keys: readonly string[]): Promise<void> {
    return this.#translated(async () => {
      if (keys.length > 0) await this.#bucket.delete(keys.map(objectName));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  async #read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const object = await this.#bucket.get(objectName(key));
    return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  }

  async #translated<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw closedError("store");
    try {
      return await work();
    } catch (cause) {
      throw new PipitError("storage-failed", {
        got: `"${cause instanceof Error ? cause.message : cause}" from R2`,
        expected: "the bucket to answer",
        do: "Try again; entries are kept elsewhere, only the opening of a collection gets slower.",
        cause,
      });
    }
  }
}

// R2 refuses empty names, and consoles show names: the key is escaped as in a URL, with a prefix.
function objectName(key: string): string {
  return `k.${encodeURIComponent(key)}`;
}
