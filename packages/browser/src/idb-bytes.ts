import { type ByteStore, isPipitError, joinPieces } from "@pipit/core";
import type { DBSchema, IDBPTransaction } from "idb";
import { connect, type IdbConnection, type Migration } from "./idb-connection.ts";
import { landed } from "./idb-transaction.ts";
import { storageError } from "./storage-error.ts";

interface Use {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970 of the last read or write. */
  readonly used: number;
}

interface BytesSchema extends DBSchema {
  bytes: { key: string; value: Uint8Array<ArrayBuffer> };
  /** Stored apart from the bytes, so that choosing keys to evict reads no bytes. */
  uses: { key: string; value: Use; indexes: { used: number } };
  total: { key: "total"; value: number };
}

type Write = IDBPTransaction<BytesSchema, ("bytes" | "uses" | "total")[], "readwrite">;

const MIGRATIONS: readonly Migration<BytesSchema>[] = [
  (database) => {
    database.createObjectStore("bytes");
    database.createObjectStore("uses", { keyPath: "key" }).createIndex("used", "used");
    database.createObjectStore("total");
  },
];

export interface IdbBytesOptions {
  readonly name: string;
  /** The upper limit of stored bytes: the least recently used keys are evicted. Without it no key is. */
  readonly maxBytes?: number | undefined;
}

/** Keyed bytes in IndexedDB. With `maxBytes` it is a cache that evicts; without it writes fail when the quota is full. */
export async function openIdbBytes(options: IdbBytesOptions): Promise<ByteStore> {
  const name = `pipit-bytes:${options.name}`;
  return new IdbBytes(await connect(name, MIGRATIONS), name, options.maxBytes);
}

class IdbBytes implements ByteStore {
  readonly #connection: IdbConnection<BytesSchema>;
  readonly #name: string;
  readonly #maxBytes: number;
  // Reads are noted here and stored with the next write, so that a read does not write.
  readonly #read = new Map<string, number>();
  #clock = 0;

  constructor(connection: IdbConnection<BytesSchema>, name: string, maxBytes: number | undefined) {
    this.#connection = connection;
    this.#name = name;
    this.#maxBytes = maxBytes ?? Number.POSITIVE_INFINITY;
  }

  async getMany(keys: readonly string[]): Promise<(Uint8Array<ArrayBuffer> | undefined)[]> {
    try {
      const { store } = this.#connection.use().transaction("bytes");
      const found = await Promise.all(keys.map((key) => store.get(key)));
      for (const [i, key] of keys.entries()) if (found[i]) this.#read.set(key, this.#now());
      return found;
    } catch (error) {
      throw storageError(error, this.#name);
    }
  }

  async putMany(records: readonly (readonly [key: string, bytes: Uint8Array])[]): Promise<void> {
    const newest = new Map(records);
    if (newest.size > 0) await this.#change((write) => this.#put(write, newest));
  }

  async putPieces(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await this.putMany([[key, await joinPieces(pieces)]]);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    const freeing = async (write: Write) => {
      const freed = await Promise.all([...new Set(keys)].map((key) => forget(write, key)));
      await grow(write, -sum(freed));
    };
    await this.#change(freeing).catch((error) => {
      if (!isPipitError(error, "storage-full")) throw error;
      return this.#change((write) => deleteAlone(write, keys));
    });
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  async #change(work: (write: Write) => Promise<void>): Promise<void> {
    const write = this.#connection.use().transaction(["bytes", "uses", "total"], "readwrite");
    await landed(write, this.#name, () => work(write));
  }

  async #put(write: Write, records: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await this.#storeReads(write);
    const grown = await Promise.all(
      [...records].map(([key, bytes]) => store(write, { key, bytes, used: this.#now() })),
    );
    const total = await grow(write, sum(grown));
    if (total > this.#maxBytes) await evict(write, total - this.#maxBytes);
  }

  async #storeReads(write: Write): Promise<void> {
    const reads = [...this.#read];
    this.#read.clear();
    const uses = write.objectStore("uses");
    await Promise.all(
      reads.map(async ([key, used]) => {
        const use = await uses.get(key);
        if (use) await uses.put({ ...use, used });
      }),
    );
  }

  // Larger on each call, also within one millisecond, so that the order of uses is kept.
  #now(): number {
    this.#clock = Math.max(this.#clock + 0.001, Date.now());
    return this.#clock;
  }
}

/**
 * Makes requests of one transaction at once. In an aborted transaction a request throws, and nobody would handle the promises of the
 * requests before it.
 */
function together<Requests extends readonly (() => Promise<unknown>)[]>(requests: readonly [...Requests]) {
  return Promise.all(requests.map(async (request) => request())) as Promise<{
    [At in keyof Requests]: Awaited<ReturnType<Requests[At]>>;
  }>;
}

/** Returns the number of bytes by which the store grew. */
async function store(write: Write, record: { key: string; bytes: Uint8Array; used: number }): Promise<number> {
  const { key, bytes, used } = record;
  const uses = write.objectStore("uses");
  const [old] = await together([
    () => uses.get(key),
    // A copy of just these bytes: structured clone would keep the whole buffer behind a view.
    () => write.objectStore("bytes").put(bytes.slice(), key),
    () => uses.put({ key, size: bytes.byteLength, used }),
  ]);
  return bytes.byteLength - (old?.size ?? 0);
}

/** Returns the number of bytes that were freed. */
async function forget(write: Write, key: string): Promise<number> {
  const uses = write.objectStore("uses");
  const [use] = await together([
    () => uses.get(key),
    () => uses.delete(key),
    () => write.objectStore("bytes").delete(key),
  ]);
  return use?.size ?? 0;
}

/** A full quota accepts only deletions: the total is deleted too, and the next write computes it again. */
async function deleteAlone(write: Write, keys: readonly string[]): Promise<void> {
  await Promise.all([
    ...[...new Set(keys)].map((key) => forget(write, key)),
    write.objectStore("total").delete("total"),
  ]);
}

async function evict(write: Write, excess: number): Promise<void> {
  let freed = 0;
  let cursor = await write.objectStore("uses").index("used").openCursor();
  while (cursor && freed < excess) {
    freed += await forget(write, cursor.value.key);
    cursor = await cursor.continue();
  }
  await grow(write, -freed);
}

/** Adds to the total, after the uses of this write are stored. A missing total is the sum of the uses. */
async function grow(write: Write, by: number): Promise<number> {
  const totals = write.objectStore("total");
  const known = await totals.get("total");
  const total = known === undefined ? await usedBytes(write) : known + by;
  await totals.put(total, "total");
  return total;
}

async function usedBytes(write: Write): Promise<number> {
  return sum((await write.objectStore("uses").getAll()).map(({ size }) => size));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
