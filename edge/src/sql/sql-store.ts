import {
  assertSameSpace,
  closedError,
  type EntryStore,
  type EntryText,
  isPipitError,
  type Space,
  type StoreChange,
  type StoredEntry,
  type StoreState,
  type StoreWrite,
} from "@pipit/core";
import {
  advanceSequence,
  changesBetween,
  deletions,
  PAGE,
  presentIds,
  puts,
  readHead,
  removals,
} from "./entry-statements.ts";
import { type SqlDatabase, type SqlRow, type SqlStatement, sql } from "./sql-database.ts";
import { insertCollection } from "./sql-schema.ts";
import { ENTRY_COLUMNS, readChange, readEntry, readText, TEXT_COLUMNS } from "./stored-rows.ts";

/** Listeners to the writes of a collection in this process, for all stores on one database. */
const listeners = new WeakMap<SqlDatabase, Map<string, Set<(from: EntryStore) => void>>>();

/**
 * The entry store of one collection in a SQLite database: Node's SQLite or Cloudflare D1. A missing collection is created. Fails with
 * `space-mismatch` if the collection has another space.
 */
export async function openSqlStore(database: SqlDatabase, name: string, space: Space): Promise<EntryStore> {
  const [, rows] = await database.batch([
    insertCollection(name, space),
    sql("SELECT space, space_name, dimensions, created FROM collections WHERE name = ?", name),
  ]);
  const row = rows?.[0];
  assertSameSpace(space, {
    id: row?.space as string,
    name: row?.space_name as string,
    dimensions: row?.dimensions as number,
  });
  return new SqlStore({ database, name, space, created: row?.created as number });
}

interface SqlStoreParts {
  readonly database: SqlDatabase;
  readonly name: string;
  readonly space: Space;
  /** The creation time in seconds since 1970. */
  readonly created: number;
}

class SqlStore implements EntryStore {
  readonly space: Space;
  readonly createdAt: number;
  readonly #database: SqlDatabase;
  readonly #name: string;
  readonly #endings = new Set<() => void>();
  #lease: string | null = null;
  #closed = false;

  constructor({ database, name, space, created }: SqlStoreParts) {
    this.#database = database;
    this.#name = name;
    this.space = space;
    this.createdAt = Math.round(1000 * created);
  }

  async write({ put = [], remove = [] }: StoreWrite): Promise<StoreState> {
    this.#assertOpen();
    const { mostRowBytes } = this.#database;
    const writer = { collection: this.#name, lease: this.#lease, mostRowBytes };
    const changes = [...advanceSequence(writer, put, remove), ...removals(writer, remove), ...puts(writer, put)];
    const state = await this.#commit(changes).catch((error) => {
      if (put.length > 0 || !isPipitError(error, "storage-full")) throw error;
      // A tombstone changes the index of changes, for which a full database may have no page. Deleting needs no page.
      return this.#database.whileFull(() =>
        this.#commit([...advanceSequence(writer, [], remove), ...deletions(writer, remove)]),
      );
    });
    for (const listener of this.#listenersHere()) listener(this);
    return state;
  }

  getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]> {
    return this.#read(ids, ENTRY_COLUMNS, readEntry);
  }

  readTexts(ids: readonly string[]): Promise<(EntryText | undefined)[]> {
    return this.#read(ids, TEXT_COLUMNS, readText);
  }

  async #read<T>(ids: readonly string[], columns: string, read: (row: SqlRow) => T): Promise<(T | undefined)[]> {
    this.#assertOpen();
    const query = sql(
      `SELECT ${columns} FROM entries
       WHERE collection = ? AND gone = 0 AND id IN (SELECT value FROM json_each(?))`,
      this.#name,
      JSON.stringify(ids),
    );
    const [rows = []] = await this.#database.batch([query]);
    const found = new Map(rows.map((row) => [row.id as string, read(row)]));
    return ids.map((id) => found.get(id));
  }

  async *changes(since: number): AsyncIterable<readonly StoreChange[]> {
    const head = await this.#head();
    const [newest, pruned] = [head?.sequence as number, head?.pruned as number];
    let after = { sequence: since + 1, id: "" };
    for (;;) {
      this.#assertOpen();
      const [rows = []] = await this.#database.batch([changesBetween(this.#name, after, newest)]);
      if (rows.length > 0) yield rows.map(readChange);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) break;
      after = { sequence: last.sequence as number, id: last.id as string };
    }
    if (since >= pruned) return;
    const [present = []] = await this.#database.batch([presentIds(this.#name)]);
    yield [{ kind: "only", sequence: newest, ids: present.map((row) => row.id as string) }];
  }

  async state(): Promise<StoreState> {
    this.#assertOpen();
    return stateOf(await this.#head());
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#database.exclusively(this.#name, async (lease) => {
      this.#lease = lease;
      try {
        return await work();
      } finally {
        // If this holder is slow, the field may already contain the next holder's lease.
        if (this.#lease === lease) this.#lease = null;
      }
    });
  }

  onChange(listener: () => void): () => void {
    const hear = (from: EntryStore) => {
      if (from !== this) listener();
    };
    const end = () => void this.#listenersHere().delete(hear);
    this.#listenersHere().add(hear);
    this.#endings.add(end);
    return end;
  }

  /** Ends this holder; the database stays open for the others. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#endings) end();
  }

  async #commit(changes: readonly SqlStatement[]): Promise<StoreState> {
    const answers = await this.#database.batch([...changes, readHead(this.#name)]);
    return stateOf(answers.at(-1)?.[0]);
  }

  async #head(): Promise<SqlRow | undefined> {
    const [rows] = await this.#database.batch([readHead(this.#name)]);
    return rows?.[0];
  }

  #listenersHere(): Set<(from: EntryStore) => void> {
    const byName = listeners.get(this.#database) ?? new Map<string, Set<(from: EntryStore) => void>>();
    listeners.set(this.#database, byName);
    const own = byName.get(this.#name) ?? new Set();
    byName.set(this.#name, own);
    return own;
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw closedError("store");
  }
}

function stateOf(row: SqlRow | undefined): StoreState {
  return { sequence: row?.sequence as number, count: row?.count as number, nextRow: row?.next_row as number };
}
