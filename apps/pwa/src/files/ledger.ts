import { type IDBPDatabase, openDB } from "idb";
import { ledgerError } from "./ledger-error.ts";

/** One of the visitor's documents. Its entries have ids from `entryId(path, 0)` to at most `entryId(path, parts - 1)`. */
export interface LedgerRecord {
  readonly path: string;
  readonly bytes: number;
  readonly parts: number;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** True if the file may not be stored completely: it is being read, or reading it ended early. */
  readonly cut?: boolean;
  /** Set only while the file is being read in place of an earlier version. */
  readonly replacing?: Replacing;
}

/** The facts for a repair if the page is closed while a file is replaced. */
export interface Replacing {
  /** The record of the earlier version. */
  readonly former: LedgerRecord;
  /** The number of parts of the new version that are known to be stored. Later entries may be from either version. */
  readonly stored: number;
  /** The first part of the new version, if it differs from the earlier one's. It shows whether any of the new version is stored. */
  readonly first?: string;
}

/**
 * The list of the visitor's documents. A collection has only entries; the ledger maps files to their entries. A record is
 * written before its first entry, with the largest possible number of parts, so that every stored entry can be removed.
 * Fails with `storage-full` and `storage-failed`.
 */
export interface Ledger {
  list(): Promise<LedgerRecord[]>;
  get(path: string): Promise<LedgerRecord | undefined>;
  put(record: LedgerRecord): Promise<void>;
  /** Writes a record in place of the one of its path. Returns false and writes nothing if that has been removed. */
  replace(record: LedgerRecord): Promise<boolean>;
  remove(path: string): Promise<void>;
  /** Calls `listener` after writes of other tabs. */
  onChange(listener: () => void): void;
}

export function entryId(path: string, part: number): string {
  return part === 0 ? path : `${path}#${part + 1}`;
}

export function entryIds({ path, parts }: LedgerRecord): string[] {
  return Array.from({ length: parts }, (_, part) => entryId(path, part));
}

/** A ledger in memory, for a collection in memory. */
export function memoryLedger(): Ledger {
  const records = new Map<string, LedgerRecord>();
  return {
    list: async () => [...records.values()],
    get: async (path) => records.get(path),
    put: async (record) => void records.set(record.path, record),
    async replace(record) {
      if (!records.has(record.path)) return false;
      records.set(record.path, record);
      return true;
    },
    remove: async (path) => void records.delete(path),
    onChange: () => undefined,
  };
}

const NAME = "pipit-documents";
const STORE = "documents";

export async function openLedger(): Promise<Ledger> {
  const database = await told(
    openDB(NAME, 1, {
      upgrade: (created) => void created.createObjectStore(STORE, { keyPath: "path" }),
      // A newer page upgrades the database and must not wait for this one.
      blocking: (_version, _nextVersion, event) => (event.target as IDBDatabase).close(),
    }),
  );
  return ledgerOf(database, new BroadcastChannel(NAME));
}

function ledgerOf(database: IDBPDatabase, channel: BroadcastChannel): Ledger {
  const announce = () => channel.postMessage("changed");
  return {
    list: () => told(database.getAll(STORE)),
    get: (path) => told(database.get(STORE, path)),
    put: (record) => told(database.put(STORE, record).then(announce)),
    replace: (record) => told(replace(database, record, announce)),
    remove: (path) => told(database.delete(STORE, path).then(announce)),
    onChange: (listener) => channel.addEventListener("message", () => listener()),
  };
}

async function replace(database: IDBPDatabase, record: LedgerRecord, announce: () => void): Promise<boolean> {
  const { store, done } = database.transaction(STORE, "readwrite");
  const isThere = (await store.getKey(record.path)) !== undefined;
  // A full quota may throw within the call, when `done` must already have a handler.
  await Promise.all([(async () => isThere && store.put(record))(), done]);
  if (isThere) announce();
  return isThere;
}

function told<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw ledgerError(error);
  });
}
