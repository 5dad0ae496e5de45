import type { Space, StoredEntry, StoreState } from "@pipit/core";
import type { DBSchema } from "idb";
import type { Migration } from "./idb-connection.ts";

/** The newest state of one id. Without `entry` it is a tombstone, by which other tabs learn of the removal. */
export interface StoreRecord {
  readonly id: string;
  readonly sequence: number;
  readonly entry?: StoredEntry;
}

export interface StoreHead extends StoreState {
  readonly space: Space;
  /** In milliseconds since 1970. Absent in databases of older versions. */
  readonly createdAt?: number;
  /** The sequence of the newest removal without a tombstone. A holder at an older sequence gets only the list of present ids. */
  readonly pruned?: number;
}

export interface StoreSchema extends DBSchema {
  records: {
    key: string;
    value: StoreRecord;
    indexes: { sequence: [number, string]; present: string };
  };
  head: { key: "head" | "whole"; value: StoreHead | "whole" };
}

/** "present" lists only records with an entry, so that presence is known without reading vectors. */
export const STORE_MIGRATIONS: readonly Migration<StoreSchema>[] = [
  (database) => {
    const records = database.createObjectStore("records", { keyPath: "id" });
    records.createIndex("sequence", ["sequence", "id"]);
    records.createIndex("present", "entry.id");
    database.createObjectStore("head");
  },
];
