import type { Fields } from "../entry.ts";
import type { Space } from "../space.ts";

/** A part of an entry's text that the model read at once: [start, end) in UTF-16 units of the text. */
export interface Passage {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

/** A part of an entry's text that the model does not read: [start, end) in UTF-16 units of the text. */
export interface UnreadPassage {
  readonly start: number;
  readonly end: number;
}

/** An entry as stored: its text and fields, its passages, and their vectors in the same record, so that they cannot part. */
export interface StoredEntry {
  readonly id: string;
  readonly text: string;
  readonly fields: Fields;
  readonly passages: readonly Passage[];
  /** Row-major [passages.length, dimensions], unit rows. */
  readonly vectors: Float32Array;
  /** Parts that the model does not read: without rows and vectors, found by their words. Absent where there are none. */
  readonly unread?: readonly UnreadPassage[] | undefined;
  /** Name of the producer of `vectors`. */
  readonly producer: string;
  /** True when that producer is below the fidelity documents ask for: the vectors serve until a better one embeds them again. */
  readonly provisional: boolean;
}

export type StoreChange =
  | { readonly kind: "put"; readonly sequence: number; readonly entry: StoredEntry }
  | { readonly kind: "remove"; readonly sequence: number; readonly id: string }
  | PrunedChange;

/** Ids were removed without a trace of which, because the storage was full: all that are not among `ids` are gone. */
export interface PrunedChange {
  readonly kind: "only";
  readonly sequence: number;
  readonly ids: readonly string[];
}

export interface StoreWrite {
  readonly put?: readonly StoredEntry[];
  readonly remove?: readonly string[];
}

export interface StoreState {
  /** The sequence number of the newest write; 0 when nothing was ever written. */
  readonly sequence: number;
  /** Entries present. */
  readonly count: number;
  /** The smallest row number never given out. */
  readonly nextRow: number;
}

/**
 * The truth of one collection: entries with their vectors in a database. Everything else (index, directory, snapshot) is derived.
 *
 * `write` lands whole or not at all, resolves only when it is durable, and gives every record of the call one new sequence
 * number, larger than all before. `changes(since)` yields, in rising sequence, the newest state of every id changed after
 * `since`: a put, or a remove when it is gone (an id is listed once). Yields in batches so that memory stays bounded. A store that
 * cannot keep traces of removals while it is full says at the end which ids are present ("only").
 *
 * Several holders (tabs, processes) may open one store. `exclusively` runs one writer at a time over all holders;
 * `onChange` tells a holder that another one wrote.
 *
 * Fails with: `space-mismatch` on opening a store that holds another space, `storage-full` (nothing of the write landed; a
 * write that only removes does not fail with it),
 * `storage-blocked`, `storage-outdated`, `storage-failed`, `closed`.
 */
export interface EntryStore {
  readonly space: Space;
  write(change: StoreWrite): Promise<StoreState>;
  getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]>;
  changes(since: number): AsyncIterable<readonly StoreChange[]>;
  state(): Promise<StoreState>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Returns the function that ends the subscription. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
