import { type IDBPDatabase, openDB } from "idb";
import { ledgerError } from "./ledger-error.ts";

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
 * Fails with `storage-full` and `storage-failed`.
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

/** For a collection that is held in memory too: list and entries go together. */
export function memoryLedger(): Ledger {
  const records = new Map<string, LedgerRecord>();
  return {
    list: async () => [...records.values()],
    get: async (path) => records.get(path),
    put: async (record) => void records.set(record.path, record),
    remove: async (path) => void records.delete(path),
  };
}

const STORE = "documents";

export async function openLedger(): Promise<Ledger> {
  const database = await told(
    openDB("pipit-documents", 1, {
      upgrade: (created) => void created.createObjectStore(STORE, { keyPath: "path" }),
      // A newer page wants to change the database: it must not wait for this one.
      blocking: (_now, _wanted, event) => (event.target as IDBDatabase).close(),
    }),
  );
  return ledgerOf(database);
}

function ledgerOf(database: IDBPDatabase): Ledger {
  return {
    list: () => told(database.getAll(STORE)),
    get: (path) => told(database.get(STORE, path)),
    put: (record) => told(database.put(STORE, record).then(() => undefined)),
    remove: (path) => told(database.delete(STORE, path)),
  };
}

function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw ledgerError(error);
  });
}
