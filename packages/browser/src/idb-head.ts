import type { IDBPTransaction } from "idb";
import type { StoreHead, StoreName, StoreSchema } from "./idb-schema.ts";

type Mode = "readonly" | "readwrite";
type Stores = IDBPTransaction<StoreSchema, StoreName[], Mode>;

export interface HeadNow {
  readonly head: StoreHead;
  /** False while the stored head does not count some removals, because a full quota refused to update it. */
  readonly whole: boolean;
}

/**
 * The head, corrected by the records. When the quota is full, browsers accept only deletions: neither a tombstone nor a new head can be
 * written. Such a transaction also deletes a mark. Without the mark the records are counted: each record that is missing from the
 * head's count is one removal, and raises the sequence by one.
 */
export async function readHead(transaction: Stores): Promise<HeadNow> {
  const heads = transaction.objectStore("head");
  const [stored, mark] = await Promise.all([heads.get("head"), heads.get("whole")]);
  const head = stored as StoreHead;
  if (mark) return { head, whole: true };
  const count = await transaction.objectStore("records").index("present").count();
  const untold = head.count - count;
  if (untold <= 0) return { head, whole: false };
  const sequence = head.sequence + untold;
  return { head: { ...head, count, sequence, pruned: sequence }, whole: false };
}

export async function writeHead(
  transaction: IDBPTransaction<StoreSchema, StoreName[], "readwrite">,
  head: StoreHead,
): Promise<void> {
  const heads = transaction.objectStore("head");
  await Promise.all([heads.put(head, "head"), heads.put("whole", "whole")]);
}
