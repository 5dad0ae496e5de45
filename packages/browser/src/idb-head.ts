import type { IDBPTransaction } from "idb";
import type { StoreHead, StoreSchema } from "./idb-store.ts";

type Mode = "readonly" | "readwrite";
type Stores = IDBPTransaction<StoreSchema, ("records" | "head")[], Mode>;

export interface HeadNow {
  readonly head: StoreHead;
  /** False while the head in the database does not know of removals, which a full quota kept it from being told. */
  readonly whole: boolean;
}

/**
 * The head as the records have it. Where the quota is full, browsers take deletions and nothing else: neither a trace of the
 * removed id nor a new head. Such a transaction deletes a mark besides its records, and without the mark the head is corrected
 * by counting: each record that it counts too many is one removal, so that the sequence rises with each of them.
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
  transaction: IDBPTransaction<StoreSchema, ("records" | "head")[], "readwrite">,
  head: StoreHead,
): Promise<void> {
  const heads = transaction.objectStore("head");
  await Promise.all([heads.put(head, "head"), heads.put("whole", "whole")]);
}
