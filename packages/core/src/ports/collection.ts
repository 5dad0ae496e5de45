import type { Fields } from "../entry.ts";
import type { Filter } from "../search/filter.ts";
import type { Space } from "../space.ts";
import type { StoredEntry, UnreadPassage } from "./entry-store.ts";

/** A stored entry before it has rows: passages are [start, end) of the text. */
export interface EmbeddedEntry {
  readonly id: string;
  readonly text: string;
  /** Absent: the fields of the stored entry stay as they are. */
  readonly fields?: Fields | undefined;
  readonly passages: readonly { readonly start: number; readonly end: number }[];
  /** Row-major [passages.length, dimensions], unit rows. */
  readonly vectors: Float32Array;
  /** Passages beside those, which the model does not read. */
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly producer: string;
  readonly provisional: boolean;
}

/** One entry per hit: its best passage decides. Inside the index it was a distance; from here outward larger is better. */
export interface CollectionHit {
  readonly id: string;
  /** Inner product of the unit vectors, -1 to 1; of `searchWords`, the share of words, 0 to 1. */
  readonly score: number;
  readonly passage: { readonly start: number; readonly end: number };
}

export interface CollectionAnswer {
  /** Best first. */
  readonly hits: CollectionHit[];
  /** True when changes of the store were not taken in yet: what they brought or took away does not show. */
  readonly partial?: boolean | undefined;
}

/** Sequence numbers of the store: the one taken in, and the one to be taken in. */
export interface CatchingUp {
  readonly done: number;
  readonly total: number;
}

export interface CollectionQuery {
  readonly k: number;
  readonly filter?: Filter | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CollectionStats {
  readonly entries: number;
  readonly passages: number;
  readonly sequence: number;
  readonly index: { readonly kind: string; readonly bytes: number; readonly recall?: number | undefined };
  /** Entries that wait to be embedded by a better producer. */
  readonly provisional: number;
  /** While changes of the store are taken in that callers do not wait for: after a start without a snapshot. */
  readonly catchingUp?: CatchingUp | undefined;
}

/**
 * Entries, vectors and fields kept together. A write that resolved is there after a crash; a search sees every write
 * that resolved before it, other tabs' writes as soon as they are announced. Where catching up with the store takes long,
 * searches and `stats` answer from what is there and say so, and all other calls wait.
 */
export interface Collection {
  readonly space: Space;
  /** Puts the entries and, in the same write, removes those of `emptied` that are present. Of one id twice the last one counts. */
  upsert(entries: readonly EmbeddedEntry[], emptied?: readonly string[]): Promise<void>;
  /** How many of the ids were present. */
  remove(ids: readonly string[]): Promise<number>;
  getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]>;
  /** Ids of all entries. */
  ids(): Promise<string[]>;
  /** A vector of any length but zero is brought to length 1, so that scores are cosines. */
  search(vector: Float32Array, query: CollectionQuery): Promise<CollectionAnswer>;
  /** Finds passages that the model does not read, by the words they share with a text. */
  searchWords(text: string, query: CollectionQuery): Promise<CollectionAnswer>;
  /** Replaces the fields of one entry and leaves its vectors. False when it is not there. */
  setFields(id: string, fields: Fields): Promise<boolean>;
  /** Ids of provisional entries, at most `limit`, in the order they were written. */
  provisionalIds(limit: number): Promise<string[]>;
  /** Puts new vectors in place of provisional ones. Entries that are gone, or whose text changed meanwhile, are left alone. */
  reembed(entries: readonly EmbeddedEntry[]): Promise<void>;
  /** Share of the true k nearest that the index finds, over `samples` stored vectors. 1 for an exact index. */
  recall(samples: number, k: number): Promise<number>;
  stats(): Promise<CollectionStats>;
  close(): Promise<void>;
}
