import type { FurtherVectors, Space, StoredEntry, StoredTokens, StoreState } from "@pipit/core";
import type { DBSchema } from "idb";
import type { Migration } from "./idb-connection.ts";

/** The newest state of one id. Without `entry` it is a tombstone, by which other tabs learn of the removal. */
export interface StoreRecord {
  readonly id: string;
  readonly sequence: number;
  readonly entry?: StoredText;
}

/** An entry without its vectors, which have a store of their own. Version 1 of the database kept them here, and an empty list of them is here. */
export type StoredText = Omit<StoredEntry, "vectors" | "tokens" | "further"> & Partial<Pick<StoredEntry, "vectors">>;

/** The vectors of an entry, of its tokens, and those in further spaces, with the sequence of its record. Hits are read without them. */
export interface VectorRecord {
  readonly id: string;
  readonly sequence: number;
  readonly vectors: Float32Array;
  readonly tokens?: StoredTokens;
  readonly further?: readonly FurtherVectors[];
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
  vectors: { key: string; value: VectorRecord; indexes: { sequence: [number, string] } };
  head: { key: "head" | "whole"; value: StoreHead | "whole" };
}

export type StoreName = "records" | "vectors" | "head";

/** "present" lists only records with an entry, so that presence is known without reading vectors. */
export const STORE_MIGRATIONS: readonly Migration<StoreSchema>[] = [
  (database) => {
    const records = database.createObjectStore("records", { keyPath: "id" });
    records.createIndex("sequence", ["sequence", "id"]);
    records.createIndex("present", "entry.id");
    database.createObjectStore("head");
  },
  (database) => {
    database.createObjectStore("vectors", { keyPath: "id" }).createIndex("sequence", ["sequence", "id"]);
  },
];
