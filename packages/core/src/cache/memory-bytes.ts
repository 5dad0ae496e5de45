import { closedError } from "../closed-error.ts";
import { type ByteStore, joinPieces } from "../ports/byte-store.ts";

export interface MemoryBytesOptions {
  /** The most bytes of keys and values; the least recently used record is evicted. */
  readonly maxBytes: number;
  /** The age in milliseconds at which a record expires. Default: never. */
  readonly ttlMs?: number;
  /** A monotonic clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

interface MemoryRecord {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly size: number;
  readonly expires: number;
}

/** A `ByteStore` in memory: the least recently used record is evicted first, and records expire. A record larger than the store is not kept. */
export function createMemoryBytes({ maxBytes, ttlMs, now = () => performance.now() }: MemoryBytesOptions): ByteStore {
  // A Map keeps insertion order: reading a record puts it at the end, so the first one is the least recently used.
  const records = new Map<string, MemoryRecord>();
  let held = 0;
  let closed = false;

  const remove = (key: string) => {
    held -= records.get(key)?.size ?? 0;
    records.delete(key);
  };
  const read = (key: string) => {
    const record = records.get(key);
    if (!record) return undefined;
    remove(key);
    if (record.expires <= now()) return undefined;
    insert(key, record);
    return record.bytes.slice();
  };
  const insert = (key: string, record: MemoryRecord) => {
    records.set(key, record);
    held += record.size;
  };
  const write = (key: string, bytes: Uint8Array) => {
    remove(key);
    const size = bytes.length + 2 * key.length;
    if (size > maxBytes) return;
    insert(key, { bytes: new Uint8Array(bytes), size, expires: now() + (ttlMs ?? Number.POSITIVE_INFINITY) });
    for (const oldest of records.keys()) {
      if (held <= maxBytes) return;
      remove(oldest);
    }
  };
  const open = () => {
    if (closed) throw closedError("store");
  };

  return {
    async getMany(keys) {
      open();
      return keys.map(read);
    },
    async putMany(entries) {
      open();
      for (const [key, bytes] of entries) write(key, bytes);
    },
    async putPieces(key, pieces) {
      open();
      write(key, await joinPieces(pieces));
    },
    async deleteMany(keys) {
      open();
      keys.forEach(remove);
    },
    async close() {
      closed = true;
      records.clear();
      held = 0;
    },
  };
}
