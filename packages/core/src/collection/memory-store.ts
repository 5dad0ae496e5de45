import { closedError } from "../closed-error.ts";
import type { EntryStore, EntryText, StoreChange, StoredEntry, StoreState, StoreWrite } from "../ports/entry-store.ts";
import { assertSameSpace, type Space } from "../space.ts";
import { rowsOf } from "../stored-rows.ts";
import { Turns } from "../turns/turns.ts";

const BATCH = 256;

/** The data that several holders of one in-memory store share, as tabs share a database. */
export class MemoryDatabase {
  readonly createdAt = Date.now();
  space: Space | undefined;
  /** In rising sequence: a change of an id moves it to the end. */
  readonly changes = new Map<string, StoreChange>();
  sequence = 0;
  nextRow = 0;
  count = 0;
  readonly listeners = new Set<(from: EntryStore) => void>();
  readonly turns = new Turns();
}

/** An EntryStore that ends with its process: for tests, for throw-away collections, and as the shortest true example of the port. */
export function createMemoryStore(space: Space, database = new MemoryDatabase()): EntryStore {
  database.space ??= space;
  assertSameSpace(space, database.space);
  return new MemoryStore(space, database);
}

class MemoryStore implements EntryStore {
  readonly space: Space;
  readonly createdAt: number;
  readonly #database: MemoryDatabase;
  readonly #endings = new Set<() => void>();
  #closed = false;

  constructor(space: Space, database: MemoryDatabase) {
    this.space = space;
    this.createdAt = database.createdAt;
    this.#database = database;
  }

  async write({ put = [], remove = [] }: StoreWrite): Promise<StoreState> {
    this.#assertOpen();
    const database = this.#database;
    const sequence = ++database.sequence;
    for (const id of remove) this.#replace(id, { kind: "remove", sequence, id });
    for (const entry of put) this.#replace(entry.id, { kind: "put", sequence, entry: structuredClone(entry) });
    for (const row of put.flatMap(rowsOf)) database.nextRow = Math.max(database.nextRow, row + 1);
    for (const listener of database.listeners) listener(this);
    return this.state();
  }

  #replace(id: string, change: StoreChange): void {
    const { changes } = this.#database;
    // An unknown id leaves no tombstone; an id that is removed again is listed at its newest removal.
    if (change.kind === "remove" && !changes.has(id)) return;
    const before = changes.get(id)?.kind === "put" ? 1 : 0;
    this.#database.count += (change.kind === "put" ? 1 : 0) - before;
    changes.delete(id);
    changes.set(id, change);
  }

  async getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]> {
    this.#assertOpen();
    return ids.map((id) => {
      const change = this.#database.changes.get(id);
      return change?.kind === "put" ? change.entry : undefined;
    });
  }

  readTexts(ids: readonly string[]): Promise<(EntryText | undefined)[]> {
    return this.getMany(ids);
  }

  async *changes(since: number): AsyncIterable<readonly StoreChange[]> {
    this.#assertOpen();
    const newer = [...this.#database.changes.values()].filter((change) => change.sequence > since);
    for (let at = 0; at < newer.length; at += BATCH) yield newer.slice(at, at + BATCH);
  }

  async state(): Promise<StoreState> {
    this.#assertOpen();
    const { sequence, count, nextRow } = this.#database;
    return { sequence, count, nextRow };
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.#database.turns.take(work);
  }

  onChange(listener: () => void): () => void {
    const hear = (from: EntryStore) => from !== this && listener();
    const end = () => this.#database.listeners.delete(hear);
    this.#database.listeners.add(hear);
    this.#endings.add(end);
    return end;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#endings) end();
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw closedError("store");
  }
}
