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

/** Token vectors of an entry's passages, cut to one bit a dimension. */
export interface StoredTokens {
  /** Id of their `TokenSpace`. */
  readonly space: string;
  /** Of each passage the number of its tokens. */
  readonly counts: readonly number[];
  /** [tokens of all passages][dimensions / 8], as `TokenBits` has them. */
  readonly bits: Uint8Array;
}

/** An entry as stored. Text, fields, passages and vectors are written together, so that they cannot get out of step. */
export interface StoredEntry {
  readonly id: string;
  readonly text: string;
  readonly fields: Fields;
  readonly passages: readonly Passage[];
  /** Row-major [passages.length, dimensions], unit rows. */
  readonly vectors: Float32Array;
  /** Absent if the producer of `vectors` makes none. */
  readonly tokens?: StoredTokens | undefined;
  /** Parts that the model does not read. They have no rows and vectors, and are found by their words. Absent if there are none. */
  readonly unread?: readonly UnreadPassage[] | undefined;
  /** Name of the producer of `vectors`. */
  readonly producer: string;
  /** True if that producer is below the fidelity that documents need: a better one embeds the entry again later. */
  readonly provisional: boolean;
}

/** The parts of an entry that are read without its vectors. */
export type EntryText = Pick<StoredEntry, "id" | "text" | "fields" | "passages" | "unread">;

export type StoreChange =
  | { readonly kind: "put"; readonly sequence: number; readonly entry: StoredEntry }
  | { readonly kind: "remove"; readonly sequence: number; readonly id: string }
  | PrunedChange;

/** Entries were removed without tombstones, because the storage was full. `ids` are the present ones; all others are gone. */
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
  /** The smallest row number that was never assigned. */
  readonly nextRow: number;
}

/**
 * The truth of one collection: entries with their vectors in a database. Everything else (index, directory, snapshot) is derived from it.
 *
 * `write` succeeds as a whole or not at all, resolves only when it is durable, and gives every record of the call one new sequence
 * number, larger than all before. `changes(since)` yields, in rising sequence, the newest state of every id changed after
 * `since`: a put, or a remove (an id is listed once). It yields batches, so that memory stays bounded. A store that cannot write
 * tombstones while it is full yields at the end the ids that are present ("only").
 *
 * Several holders (tabs, processes) may open one store. `exclusively` runs one writer at a time over all holders;
 * `onChange` calls its listener when another holder wrote.
 *
 * Fails with: `space-mismatch` on opening a store that holds another space, `storage-full` (nothing of the write was stored; a
 * write that only removes does not fail with it),
 * `storage-blocked`, `storage-outdated`, `storage-failed`, `closed`.
 */
export interface EntryStore {
  readonly space: Space;
  /** When the store was made, in milliseconds since 1970. It distinguishes a store from a later one in its place. 0: not known. */
  readonly createdAt: number;
  write(change: StoreWrite): Promise<StoreState>;
  getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]>;
  /** As `getMany`, without the vectors of passages and tokens, which are most of an entry's bytes and which hits do not need. */
  readTexts(ids: readonly string[]): Promise<(EntryText | undefined)[]>;
  changes(since: number): AsyncIterable<readonly StoreChange[]>;
  state(): Promise<StoreState>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Returns the function that ends the subscription. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
