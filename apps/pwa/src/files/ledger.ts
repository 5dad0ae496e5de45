import { type IDBPDatabase, openDB } from "idb";

/** A document of the visitor's own. Its entries have the ids `entryId(path, 0)` to `entryId(path, parts - 1)`, at most. */
export interface LedgerRecord {
  readonly path: string;
  readonly bytes: number;
  readonly parts: number;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** True when the visitor stopped before all of it was stored. */
  readonly cut?: boolean;
}

/**
 * The list of own documents. A collection knows entries alone; which of them came of one file stands here. A record is
 * written before its first entry, with as many parts as there can be, so that nothing is ever stored that cannot be removed.
 */
export interface Ledger {
  list(): Promise<LedgerRecord[]>;
  get(path: string): Promise<LedgerRecord | undefined>;
  put(record: LedgerRecord): Promise<void>;
  remove(path: string): Promise<void>;
}

export function entryId(path: string, part: number): string {
  return part === 0 ? path : `${path}#${part + 1}`;
}

export function entryIds({ path, parts }: LedgerRecord): string[] {
  return Array.from({ length: parts }, (_, part) => entryId(path, part));
}

const STORE = "documents";

export async function openLedger(): Promise<Ledger> {
  const database = await openDB("pipit-documents", 1, {
    upgrade: (created) => void created.createObjectStore(STORE, { keyPath: "path" }),
    // A newer page wants to change the database: it must not wait for this one.
    blocking: (_now, _wanted, event) => (event.target as IDBDatabase).close(),
  });
  return ledgerOf(database);
}

function ledgerOf(database: IDBPDatabase): Ledger {
  return {
    list: () => database.getAll(STORE),
    get: (path) => database.get(STORE, path),
    put: async (record) => void (await database.put(STORE, record)),
    remove: (path) => database.delete(STORE, path),
  };
}
