import type { Fields } from "../entry.ts";
import type { Space } from "../space.ts";
import type { EntryText, Passage, UnreadPassage } from "./entry-store.ts";
import type { Filter } from "./filter.ts";

/** A stored entry before it has rows: passages are [start, end) of the text. */
export interface EmbeddedEntry {
  readonly id: string;
  readonly text: string;
  /** Absent: the fields of the stored entry stay as they are. */
  readonly fields?: Fields | undefined;
  readonly passages: readonly { readonly start: number; readonly end: number }[];
  /** Row-major [passages.length, dimensions], unit rows. */
  readonly vectors: Float32Array;
  /** Further passages, which the model does not read. */
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly producer: string;
  readonly provisional: boolean;
}

/** One entry per hit: its best passage decides. The index returns distances; scores begin here, and larger is better. */
export interface CollectionHit {
  readonly id: string;
  /**
   * Inner product of the unit vectors, -1 to 1; with `unread` the weighted sum of it and of shared words. From `searchWords`: the share
   * of words, 0 to 1.
   */
  readonly score: number;
  readonly passage: FoundPassage;
}

/**
 * A passage as it was when it was found, by its row or by its text. The entry may have changed by the time it is read; a row is never
 * given to another passage.
 */
export type FoundPassage = Passage | WordedPassage;

export interface WordedPassage extends UnreadPassage {
  readonly text: string;
}

export interface CollectionAnswer {
  /** Best first. */
  readonly hits: CollectionHit[];
  /** True if changes of the store were not taken in yet: the answer does not reflect them. */
  readonly partial?: boolean | undefined;
}

/** Progress in sequence numbers of the store: up to `done` changes were taken in, up to `total` they will be. */
export interface CatchingUp {
  readonly done: number;
  readonly total: number;
}

export interface CollectionQuery {
  readonly k: number;
  readonly filter?: Filter | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The part of a text query that the model does not read. */
export interface UnreadPart {
  readonly words: string;
  /** The share of the query's letters, 0 to 1, that the model reads: the vector represents these letters. */
  readonly share: number;
}

export interface CollectionSearch extends CollectionQuery {
  /** Passages are scored by these words too. */
  readonly unread?: UnreadPart | undefined;
}

export interface CollectionStats {
  readonly entries: number;
  readonly passages: number;
  readonly sequence: number;
  readonly index: { readonly kind: string; readonly bytes: number; readonly recall?: number | undefined };
  /** Entries that wait to be embedded by a better producer. */
  readonly provisional: number;
  /** Set while changes of the store are taken in without callers waiting for it: after a start without a snapshot. */
  readonly catchingUp?: CatchingUp | undefined;
}

/**
 * Entries, vectors and fields kept together. A write that resolved survives a crash. A search sees every write that resolved
 * before it, in any tab or process. If catching up with the store takes long, searches and `stats` answer from what was taken
 * in and say so; all other calls wait.
 */
export interface Collection {
  readonly space: Space;
  /** Puts the entries and, in the same write, removes those of `emptied` that are present. If an id occurs twice, the last entry counts. */
  upsert(entries: readonly EmbeddedEntry[], emptied?: readonly string[]): Promise<void>;
  /** Returns the number of ids that were present. */
  remove(ids: readonly string[]): Promise<number>;
  getMany(ids: readonly string[]): Promise<(EntryText | undefined)[]>;
  /** Ids of all entries. */
  ids(): Promise<string[]>;
  /** The vector is scaled to length 1, so that scores are cosines. The zero vector is refused. */
  search(vector: Float32Array, query: CollectionSearch): Promise<CollectionAnswer>;
  /** Finds passages that the model does not read, by the words they share with a text. */
  searchWords(text: string, query: CollectionQuery): Promise<CollectionAnswer>;
  /** Replaces the fields of one entry and leaves its text and vectors. Returns false and writes nothing if the entry is missing then. */
  setFields(id: string, fields: Fields): Promise<boolean>;
  /** Replaces text and vectors of one entry, and its fields if given. Returns false and writes nothing if the entry is missing then. */
  replace(entry: EmbeddedEntry): Promise<boolean>;
  /** Ids of provisional entries, at most `limit`, in the order they were written. */
  provisionalIds(limit: number): Promise<string[]>;
  /** Puts new vectors in place of provisional ones. Entries that were removed, or whose text changed meanwhile, are left alone. */
  reembed(entries: readonly EmbeddedEntry[]): Promise<void>;
  stats(): Promise<CollectionStats>;
  close(): Promise<void>;
}
