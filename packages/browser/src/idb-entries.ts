import type { StoreChange, StoredEntry } from "@pipit/core";
import { type IDBPTransaction, unwrap } from "idb";
import { writeHead } from "./idb-head.ts";
import type { Plan } from "./idb-plan.ts";
import type { StoredText, StoreName, StoreRecord, StoreSchema, VectorRecord } from "./idb-schema.ts";

type Mode = "readonly" | "readwrite";
type Texts = IDBPTransaction<StoreSchema, ["records"], Mode>;
type Entries = IDBPTransaction<StoreSchema, ("records" | "vectors")[], Mode>;

const CHANGES_AT_ONCE = 256;

/**
 * Makes the requests of a write. Nothing waits for each of them, which would double the time that this thread spends on a large write: a request
 * that fails aborts the transaction, and the transaction reports it.
 */
export function putPlan(
  transaction: IDBPTransaction<StoreSchema, StoreName[], "readwrite">,
  { records, vectors, bare, head }: Plan,
): Promise<void> {
  const texts = unwrap(transaction.objectStore("records"));
  const matrices = unwrap(transaction.objectStore("vectors"));
  for (const record of records) texts.put(record);
  for (const id of bare) matrices.delete(id);
  for (const record of vectors) matrices.put(record);
  return writeHead(transaction, head);
}

export async function readTexts({ store }: Texts, ids: readonly string[]): Promise<(StoredText | undefined)[]> {
  const records = await Promise.all(ids.map((id) => store.get(id)));
  return records.map((record) => record?.entry);
}

export async function readEntries(transaction: Entries, ids: readonly string[]): Promise<(StoredEntry | undefined)[]> {
  const [texts, vectors] = [transaction.objectStore("records"), transaction.objectStore("vectors")];
  const read = await Promise.all(ids.map((id) => Promise.all([texts.get(id), vectors.get(id)])));
  return read.map(([record, own]) => record?.entry && wholeEntry(record.entry, own));
}

export interface Changes {
  readonly batch: readonly StoreChange[];
  /** The sequence and id of the last one, if more may follow. */
  readonly last?: [number, string] | undefined;
}

/** The first changes within a range of the index "sequence". */
export async function changesWithin(transaction: Entries, range: IDBKeyRange): Promise<Changes> {
  const records = await transaction.objectStore("records").index("sequence").getAll(range, CHANGES_AT_ONCE);
  const end = records.at(-1);
  if (!end) return { batch: [] };
  const last: [number, string] = [end.sequence, end.id];
  const read = IDBKeyRange.bound(range.lower, last, range.lowerOpen);
  const vectors = await transaction.objectStore("vectors").index("sequence").getAll(read);
  const byId = new Map(vectors.map((own) => [own.id, own]));
  return {
    batch: records.map((record) => asChange(record, byId.get(record.id))),
    last: records.length === CHANGES_AT_ONCE ? last : undefined,
  };
}

function asChange({ id, sequence, entry }: StoreRecord, vectors: VectorRecord | undefined): StoreChange {
  return entry ? { kind: "put", sequence, entry: wholeEntry(entry, vectors) } : { kind: "remove", sequence, id };
}

/** The vectors are in the text record if version 1 wrote it, or if there are none. */
function wholeEntry(text: StoredText, own: VectorRecord | undefined): StoredEntry {
  const { tokens, further } = own ?? {};
  const vectors = text.vectors ?? (own as VectorRecord).vectors;
  return { ...text, vectors, ...(tokens && { tokens }), ...(further && { further }) };
}
