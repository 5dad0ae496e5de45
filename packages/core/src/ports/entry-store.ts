import type { Fields } from "../entry.ts";
import type { Space } from "../space.ts";
import type { Locus } from "./locus.ts";

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

/** A file of an entry, such as a picture. Its bytes lie apart, under their digest. */
export interface StoredMedium {
  /** SHA-256 (hex) of its bytes. */
  readonly digest: string;
  /** Media type, such as "image/jpeg". */
  readonly type: string;
  readonly name?: string | undefined;
  /** Number of its bytes. */
  readonly size: number;
}

/** A part of an entry with a vector, by the number of that. */
export interface LocatedPart {
  readonly row: number;
  readonly locus: Locus;
}

/** Vectors of an entry's parts in a further space than that of its store. */
export interface FurtherVectors {
  /** Id of the space. */
  readonly space: string;
  readonly producer: string;
  readonly parts: readonly LocatedPart[];
  /** Row-major [parts.length, dimensions of the space], unit rows. */
  readonly vectors: Float32Array;
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
  /** Its pictures and other files. Absent if there are none. */
  readonly media?: readonly StoredMedium[] | undefined;
  /** Absent without vectors in further spaces. Rows are numbered in one series for all spaces. */
  readonly further?: readonly FurtherVectors[] | undefined;
  /** Name of the producer of `vectors`. */
  readonly producer: string;
  /** True if that producer is below the fidelity that documents need: a better one embeds the entry again later. */
  readonly provisional: boolean;
}

/** The parts of an entry that are read without its vectors. */
export type EntryText = Pick<StoredEntry, "id" | "text" | "fields" | "passages" | "unread" | "media">;

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
