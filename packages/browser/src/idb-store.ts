import {
  assertSameSpace,
  type EntryStore,
  type EntryText,
  isPipitError,
  type Space,
  type StoreChange,
  type StoredEntry,
  type StoreState,
  type StoreWrite,
} from "@pipit/core";
import { type IDBPTransaction, unwrap, wrap } from "idb";
import { connect, type IdbConnection, type Migration } from "./idb-connection.ts";
import { changesWithin, putPlan, readEntries, readTexts } from "./idb-entries.ts";
import { readHead, writeHead } from "./idb-head.ts";
import { newestById, plan } from "./idb-plan.ts";
import { STORE_MIGRATIONS, type StoreHead, type StoreName, type StoreSchema } from "./idb-schema.ts";
import { landed } from "./idb-transaction.ts";
import { type Turn, turnOf } from "./idb-turn.ts";
import { storageError } from "./storage-error.ts";

export { STORE_MIGRATIONS } from "./idb-schema.ts";

export interface IdbStoreOptions {
  readonly name: string;
  readonly space: Space;
  readonly migrations?: readonly Migration<StoreSchema>[];
}

/** The name of a collection's database, writer lock and channel. */
const databaseName = (collection: string): string => `pipit:${collection}`;

/**
 * A collection's entries in IndexedDB: one database, one transaction per write, flushed to disk before a write resolves.
 * Tabs take turns to write (`turnOf`) and announce writes on a BroadcastChannel; both are named after the database.
 */
export async function openIdbStore(options: IdbStoreOptions): Promise<EntryStore> {
  const name = databaseName(options.name);
  const connection = await connect(name, options.migrations ?? STORE_MIGRATIONS);
  try {
    return new IdbStore(connection, name, await claim(connection, options.space, name));
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function claim(connection: IdbConnection<StoreSchema>, space: Space, name: string): Promise<StoreHead> {
  const transaction = connection.use().transaction(STORES, "readwrite");
  return landed(transaction, name, async () => {
    const head = (await transaction.objectStore("head").get("head")) as StoreHead | undefined;
    if (head) {
      assertSameSpace(space, head.space);
      return head;
    }
    const made = { sequence: 0, count: 0, nextRow: 0, space, createdAt: Date.now() };
    await writeHead(transaction, made);
    return made;
  });
}

type Writing = IDBPTransaction<StoreSchema, StoreName[], "readwrite">;

const STORES: StoreName[] = ["records", "vectors", "head"];

class IdbStore implements EntryStore {
  readonly space: Space;
  readonly createdAt: number;
  readonly #connection: IdbConnection<StoreSchema>;
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #turn: Turn;

  constructor(connection: IdbConnection<StoreSchema>, name: string, { space, createdAt = 0 }: StoreHead) {
    this.space = space;
    this.createdAt = createdAt;
    this.#connection = connection;
    this.#name = name;
    this.#channel = new BroadcastChannel(name);
    this.#turn = turnOf(name);
  }

  async write(change: StoreWrite): Promise<StoreState> {
    const newest = newestById(change);
    if (newest.size === 0) return this.state();
    const state = await this.#put(newest).catch((error) => {
      if (!isPipitError(error, "storage-full") || (change.put ?? []).length > 0) throw error;
      return this.#delete(newest.keys());
    });
    this.#channel.postMessage(state.sequence);
    return state;
  }

  #put(newest: ReadonlyMap<string, StoredEntry | undefined>): Promise<StoreState> {
    return this.#change(async (transaction) => {
      const { head, whole } = await readHead(transaction);
      const present = await presentOf(transaction, head.count > 0 ? newest.keys() : []);
      const next = plan(newest, head, present);
      if (next.records.length === 0 && whole) return publicState(head);
      await putPlan(transaction, next);
      return publicState(next.head);
    });
  }

  /** For a full quota, which accepts only deletions: see `readHead`. A later write updates the head. */
  async #delete(ids: Iterable<string>): Promise<StoreState> {
    await this.#change(async (transaction) => {
      // Tombstones are kept: the deletion of one would not be counted.
      const present = await presentOf(transaction, ids);
      await Promise.all([
        ...(["records", "vectors"] as const).flatMap((store) =>
          Array.from(present, (id) => transaction.objectStore(store).delete(id)),
        ),
        transaction.objectStore("head").delete("whole"),
      ]);
    });
    return this.#put(new Map()).catch((error) => {
      if (isPipitError(error, "storage-full")) return this.state();
      throw error;
    });
  }

  #change<T>(work: (transaction: Writing) => Promise<T>): Promise<T> {
    const database = this.#connection.use();
    const transaction = database.transaction(STORES, "readwrite", { durability: "strict" });
    return landed(transaction, this.#name, () => work(transaction));
  }

  getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]> {
    return this.#read(() => readEntries(this.#entries(), ids));
  }

  readTexts(ids: readonly string[]): Promise<(EntryText | undefined)[]> {
    return this.#read(() => readTexts(this.#connection.use().transaction("records"), ids));
  }

  // Limited to the sequence at the start: an id that is written meanwhile belongs to the next reading, so that no id is listed twice.
  async *changes(since: number): AsyncIterable<readonly StoreChange[]> {
    const { sequence: newest, pruned = 0 } = await this.#head();
    // An array sorts after every string: [n, []] is the end of sequence n.
    let range = since < newest ? IDBKeyRange.bound([since, []], [newest, []]) : undefined;
    while (range) {
      const within: IDBKeyRange = range;
      const { batch, last } = await this.#read(() => changesWithin(this.#entries(), within));
      if (batch.length > 0) yield batch;
      range = last && IDBKeyRange.bound(last, [newest, []], true);
    }
    if (since >= pruned) return;
    const ids = await this.#read(() => this.#connection.use().getAllKeysFromIndex("records", "present"));
    yield [{ kind: "only", sequence: newest, ids }];
  }

  async state(): Promise<StoreState> {
    return publicState(await this.#head());
  }

  #head(): Promise<StoreHead> {
    return this.#read(async () => {
      const transaction = this.#connection.use().transaction(["records", "head"]);
      return (await readHead(transaction)).head;
    });
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn(work);
  }

  onChange(listener: () => void): () => void {
    const told = () => listener();
    this.#channel.addEventListener("message", told);
    return () => this.#channel.removeEventListener("message", told);
  }

  async close(): Promise<void> {
    this.#channel.close();
    this.#connection.close();
  }

  #entries() {
    return this.#connection.use().transaction(["records", "vectors"]);
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storageError(error, this.#name);
    }
  }
}

/** Requests of a transaction are answered in their order, so that only the last one is waited for. */
async function presentOf(transaction: Writing, ids: Iterable<string>): Promise<Set<string>> {
  const index = unwrap(transaction.objectStore("records").index("present"));
  const asked = Array.from(ids, (id) => ({ id, key: index.getKey(id) }));
  const last = asked.at(-1);
  if (last) await wrap(last.key);
  return new Set(asked.flatMap(({ id, key }) => (key.result === undefined ? [] : [id])));
}

function publicState({ sequence, count, nextRow }: StoreHead): StoreState {
  return { sequence, count, nextRow };
}
