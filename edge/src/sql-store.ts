import {
  assertSameSpace,
  type EntryStore,
  isPipitError,
  PipitError,
  type Space,
  type StoreChange,
  type StoredEntry,
  type StoreState,
  type StoreWrite,
} from "@pipit/core";
import { type SqlDatabase, type SqlRow, type SqlStatement, sql } from "./sql-database.ts";
import { insertCollection } from "./sql-schema.ts";
import { ENTRY_COLUMNS, entryValues, readChange, readEntry } from "./stored-rows.ts";

/** Rows read at once while changes are replayed: 384 dimensions make about 200 kB. */
const PAGE = 128;

/** Even ids of control characters, six bytes each as JSON, stay within what D1 takes as one value. */
const MOST_IDS = 200;

/** Who listens to the writes of a collection in this process, over all stores on one database. */
const listeners = new WeakMap<SqlDatabase, Map<string, Set<(from: EntryStore) => void>>>();

/**
 * The entry store of one collection in a SQLite database, on Node's own SQLite and on Cloudflare D1. The collection is
 * created when it is missing; fails with `space-mismatch` when it holds another space.
 */
export async function openSqlStore(database: SqlDatabase, name: string, space: Space): Promise<EntryStore> {
  const [, rows] = await database.batch([
    insertCollection(name, space),
    sql("SELECT space, space_name, dimensions FROM collections WHERE name = ?", name),
  ]);
  const row = rows?.[0];
  assertSameSpace(space, {
    id: row?.space as string,
    name: row?.space_name as string,
    dimensions: row?.dimensions as number,
  });
  return new SqlStore(database, name, space);
}

class SqlStore implements EntryStore {
  readonly space: Space;
  private readonly database: SqlDatabase;
  private readonly name: string;
  private readonly endings = new Set<() => void>();
  private lease: string | null = null;
  private closed = false;

  constructor(database: SqlDatabase, name: string, space: Space) {
    this.database = database;
    this.name = name;
    this.space = space;
  }

  async write({ put = [], remove = [] }: StoreWrite): Promise<StoreState> {
    this.assertOpen();
    const changes = [...this.nextTurn(put, remove), ...this.removals(remove), ...put.map((entry) => this.put(entry))];
    const state = await this.commit(changes).catch((error) => {
      if (put.length > 0 || !isPipitError(error, "storage-full")) throw error;
      // Tombstones move in the index of changes, for which a full database may have no page. Deleting takes none.
      return this.database.whileFull(() => this.commit([...this.nextTurn([], remove), ...this.deletions(remove)]));
    });
    for (const listener of this.hearers()) listener(this);
    return state;
  }

  async getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]> {
    this.assertOpen();
    const query = sql(
      `SELECT ${ENTRY_COLUMNS} FROM entries
       WHERE collection = ? AND gone = 0 AND id IN (SELECT value FROM json_each(?))`,
      this.name,
      JSON.stringify(ids),
    );
    const [rows = []] = await this.database.batch([query]);
    const found = new Map(rows.map((row) => [row.id as string, readEntry(row)]));
    return ids.map((id) => found.get(id));
  }

  private async commit(changes: readonly SqlStatement[]): Promise<StoreState> {
    const answers = await this.database.batch([...changes, this.readHead()]);
    return stateOf(answers.at(-1)?.[0]);
  }

  async *changes(since: number): AsyncIterable<readonly StoreChange[]> {
    this.assertOpen();
    const [[head] = []] = await this.database.batch([this.readHead()]);
    let sequence = since + 1;
    let id = "";
    for (;;) {
      this.assertOpen();
      const [rows = []] = await this.database.batch([this.changesAfter(sequence, id)]);
      if (rows.length > 0) yield rows.map(readChange);
      const last = rows.at(-1);
      if (last) sequence = last.sequence as number;
      if (!last || rows.length < PAGE) break;
      id = last.id as string;
    }
    if (since >= (head?.pruned as number)) return;
    const ids = await this.presentIds();
    yield [{ kind: "only", sequence: Math.max(sequence, head?.sequence as number), ids }];
  }

  async state(): Promise<StoreState> {
    this.assertOpen();
    const [rows] = await this.database.batch([this.readHead()]);
    return stateOf(rows?.[0]);
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.database.exclusively(this.name, async (lease) => {
      this.lease = lease;
      try {
        return await work();
      } finally {
        this.lease = null;
      }
    });
  }

  onChange(listener: () => void): () => void {
    const hear = (from: EntryStore) => {
      if (from !== this) listener();
    };
    const end = () => void this.hearers().delete(hear);
    this.hearers().add(hear);
    this.endings.add(end);
    return end;
  }

  /** Ends this holder; the database stays open for the others. */
  async close(): Promise<void> {
    this.closed = true;
    for (const end of this.endings) end();
  }

  /** The turn's number, and the count without what the write replaces or removes. */
  private nextTurn(put: readonly StoredEntry[], remove: readonly string[]): SqlStatement[] {
    const ids = new Set(put.map((entry) => entry.id));
    const turn = sql(
      `UPDATE collections SET sequence = sequence + 1, next_row = max(next_row, ?1), count = count + ?2,
         turn = CASE WHEN holder IS ?4 THEN turn END
       WHERE name = ?3`,
      rowsEnd(put),
      ids.size,
      this.name,
      this.lease,
    );
    const counts = jsonLists([...new Set([...ids, ...remove])]).map((list) =>
      sql(
        `UPDATE collections SET count = count - (SELECT count(*) FROM entries
           WHERE collection = ?1 AND gone = 0 AND id IN (SELECT value FROM json_each(?2)))
         WHERE name = ?1`,
        this.name,
        list,
      ),
    );
    return [turn, ...counts];
  }

  private removals(ids: readonly string[]): SqlStatement[] {
    return jsonLists(ids).map((list) =>
      sql(
        `UPDATE entries SET gone = 1, sequence = (SELECT sequence FROM collections WHERE name = ?1),
           text = '', fields = '{}', passages = '[]', vectors = x''
         WHERE collection = ?1 AND gone = 0 AND id IN (SELECT value FROM json_each(?2))`,
        this.name,
        list,
      ),
    );
  }

  private deletions(ids: readonly string[]): SqlStatement[] {
    const deletions = jsonLists(ids).map((list) =>
      sql("DELETE FROM entries WHERE collection = ? AND id IN (SELECT value FROM json_each(?))", this.name, list),
    );
    return [...deletions, sql("UPDATE collections SET pruned = sequence WHERE name = ?", this.name)];
  }

  private put(entry: StoredEntry): SqlStatement {
    return sql(
      `INSERT INTO entries (collection, sequence, ${ENTRY_COLUMNS})
       VALUES (?1, (SELECT sequence FROM collections WHERE name = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)
       ON CONFLICT (collection, id) DO UPDATE SET gone = 0, sequence = excluded.sequence, text = excluded.text,
         fields = excluded.fields, passages = excluded.passages, vectors = excluded.vectors,
         producer = excluded.producer, provisional = excluded.provisional`,
      this.name,
      ...entryValues(entry),
    );
  }

  private changesAfter(sequence: number, id: string): SqlStatement {
    return sql(
      `SELECT sequence, gone, ${ENTRY_COLUMNS} FROM entries
       WHERE collection = ? AND (sequence, id) > (?, ?) ORDER BY sequence, id LIMIT ${PAGE}`,
      this.name,
      sequence,
      id,
    );
  }

  private readHead(): SqlStatement {
    return sql("SELECT sequence, count, next_row, pruned FROM collections WHERE name = ?", this.name);
  }

  private async presentIds(): Promise<string[]> {
    const query = sql("SELECT id FROM entries WHERE collection = ? AND gone = 0", this.name);
    const [rows = []] = await this.database.batch([query]);
    return rows.map(({ id }) => id as string);
  }

  private hearers(): Set<(from: EntryStore) => void> {
    const byName = listeners.get(this.database) ?? new Map<string, Set<(from: EntryStore) => void>>();
    listeners.set(this.database, byName);
    const hearers = byName.get(this.name) ?? new Set();
    byName.set(this.name, hearers);
    return hearers;
  }

  private assertOpen(): void {
    if (!this.closed) return;
    throw new PipitError("closed", { got: "a call to a closed store", expected: "an open one", do: "Open it again." });
  }
}

function jsonLists(ids: readonly string[]): string[] {
  const lists: string[] = [];
  for (let at = 0; at < ids.length; at += MOST_IDS) lists.push(JSON.stringify(ids.slice(at, at + MOST_IDS)));
  return lists;
}

function rowsEnd(put: readonly StoredEntry[]): number {
  let end = 0;
  for (const entry of put) for (const { row } of entry.passages) end = Math.max(end, row + 1);
  return end;
}

function stateOf(row: SqlRow | undefined): StoreState {
  return { sequence: row?.sequence as number, count: row?.count as number, nextRow: row?.next_row as number };
}
