import type { Fields } from "../entry.ts";
import type { Space } from "../space.ts";
import type { TokenSpace } from "./embedder.ts";
import type {
  EntryText,
  FurtherVectors,
  LocatedPart,
  Passage,
  StoredMedium,
  StoredTokens,
  UnreadPassage,
} from "./entry-store.ts";
import type { Evidence } from "./evidence.ts";
import type { Filter } from "./filter.ts";
import type { Locus } from "./locus.ts";
import type { WordMeanings } from "./word-meanings.ts";

/** A stored entry before it has rows: passages are [start, end) of the text. */
export interface EmbeddedEntry {
  readonly id: string;
  readonly text: string;
  /** Absent: the fields of the stored entry stay as they are. */
  readonly fields?: Fields | undefined;
  readonly passages: readonly { readonly start: number; readonly end: number }[];
  /** Row-major [passages.length, dimensions], unit rows. */
  readonly vectors: Float32Array;
  readonly tokens?: StoredTokens | undefined;
  /** Further passages, which the model does not read. */
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly media?: readonly EmbeddedMedium[] | undefined;
  readonly further?: readonly EmbeddedParts[] | undefined;
  readonly producer: string;
  readonly provisional: boolean;
}

/** Without bytes only what is known of it is stored. */
export interface EmbeddedMedium extends StoredMedium {
  readonly bytes?: Uint8Array | undefined;
}

/** Vectors in a further space before they have rows. */
export interface EmbeddedParts extends Omit<FurtherVectors, "parts"> {
  readonly parts: readonly Locus[];
}

/** One entry per hit: its best part decides. */
export interface CollectionHit {
  readonly id: string;
  /** The probability that the part answers the query, 0 to 1. */
  readonly score: number;
  readonly evidence: Evidence;
  readonly part: FoundPart;
  /** The words of the part and its title that count for the query, as they are indexed. */
  readonly words: readonly string[];
  /** Single letters and digits among the words that it has, which count where they touch one of `words`. */
  readonly short?: readonly string[] | undefined;
  /** Of each token of the passage, its part of the late interaction, if it is of near meaning. Absent if tokens were not compared. */
  readonly tokens?: Float32Array | undefined;
}

/** A part as it was when it was found. The entry may have changed by the time it is read; a row is never given to another part. */
export type FoundPart = Passage | UnreadPassage | FoundFurther;

/** A part that was found by its vector in a further space. */
export interface FoundFurther extends LocatedPart {
  /** Id of the space. */
  readonly space: string;
  /** SHA-256 (hex) of the medium; absent for a range of the text. */
  readonly digest?: string | undefined;
}

export interface CollectionAnswer {
  /** Best first. */
  readonly hits: CollectionHit[];
  /** True if changes of the store were not taken in yet, or the collection is not open to its end: there may be better hits. */
  readonly partial?: boolean | undefined;
}

/** Progress in sequence numbers of the store: up to `done` changes were taken in, up to `total` they will be. */
export interface CatchingUp {
  readonly done: number;
  readonly total: number;
}

/** What is searched for, in the forms that the indexes of a collection compare. At least a text or a vector. */
export interface Query {
  /** Compared by its words. */
  readonly text?: string | undefined;
  /** Compared by its direction. */
  readonly vector?: Float32Array | undefined;
  /** The bytes of a picture: entries like it are found, by an engine that reads pictures. Without a text or vector. */
  readonly medium?: Uint8Array | undefined;
  /** Id of an entry: others that are like it are found, by its vectors. Without a text, vector or medium. */
  readonly like?: string | undefined;
  /** Id of the vector's space. Another space than the collection's is refused. Default: the collection's. */
  readonly space?: string | undefined;
}

/** Vectors of a query's tokens. */
export interface TokensOfQuery {
  readonly space: TokenSpace;
  /** [tokens][dimensions], unit rows. */
  readonly vectors: Float32Array;
  /** Of each token the word that it is a part of. The rarer it is in the collection, the more the token counts. */
  readonly words: readonly string[];
}

/** A vector of a further space. */
export interface FurtherQuery {
  /** Id of the space. */
  readonly space: string;
  readonly vector: Float32Array;
}

/** A query as an engine asks it. */
export interface CollectionQuery extends Query {
  /** Compared with the parts that have vectors in these spaces. */
  readonly further?: readonly FurtherQuery[] | undefined;
  /** Compared with the tokens of the passages that have some of this space. */
  readonly tokens?: TokensOfQuery | undefined;
}

export interface CollectionSearch {
  /** The share of the text, 0 to 1, that the vector represents; the model does not read the rest. Default 1. */
  readonly read?: number | undefined;
  readonly k: number;
  readonly filter?: Filter | undefined;
  /** Id of an entry that is no hit, as in a search for others like it. */
  readonly without?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CollectionStats {
  readonly entries: number;
  readonly passages: number;
  readonly sequence: number;
  readonly index: { readonly kind: string; readonly bytes: number; readonly recall?: number | undefined };
  /** Entries that wait to be embedded by a better producer. */
  readonly provisional: number;
  /** Those of them that have no vectors yet. */
  readonly wordsOnly: number;
  /** Set while changes of the store are taken in without callers waiting for it: after a start without a snapshot. */
  readonly catchingUp?: CatchingUp | undefined;
}

/** The part of a collection that searches need. */
export interface ReadableCollection {
  readonly space: Space;
  /**
   * The best entries by all evidence that the query allows: its text is compared by words, its vector by meaning. A vector alone may be
   * given as it is. Fails with `bad-input` without both, with `bad-vector` for a zero vector or one of another length, and with
   * `space-mismatch`.
   */
  search(query: CollectionQuery | Float32Array, search: CollectionSearch): Promise<CollectionAnswer>;
  getMany(ids: readonly string[]): Promise<(EntryText | undefined)[]>;
  /** The bytes of a medium by its digest; undefined if they are not stored. */
  mediumOf?(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Ids of further spaces in which parts have vectors. Others need no question. */
  filledSpaces(): readonly string[];
  /** An entry as a query for others like it: its vectors, or its words if it has none. Undefined if it is missing. */
  queryLike(id: string): Promise<CollectionQuery | undefined>;
  /** Counts, and the recall of the index of vectors. */
  stats(): Promise<CollectionStats>;
  close(): Promise<void>;
}

/**
 * Entries with all that is derived from them, kept together. A write that resolved survives a crash. A search sees every write that
 * resolved before it, in any tab or process. If catching up with the store takes long, searches and `stats` answer from what was taken
 * in and say so; all other calls wait.
 */
export interface Collection extends ReadableCollection {
  /** Puts the entries and, in the same write, removes those of `emptied` that are present. If an id occurs twice, the last entry counts. */
  upsert(entries: readonly EmbeddedEntry[], emptied?: readonly string[]): Promise<void>;
  /** Returns the number of ids that were present. */
  remove(ids: readonly string[]): Promise<number>;
  /** Ids of all entries. */
  ids(): Promise<string[]>;
  /** Replaces the fields of one entry and leaves its text and vectors. Returns false and writes nothing if the entry is missing then. */
  setFields(id: string, fields: Fields): Promise<boolean>;
  /** Replaces text and vectors of one entry, and its fields if given. Returns false and writes nothing if the entry is missing then. */
  replace(entry: EmbeddedEntry): Promise<boolean>;
}

/** A collection whose entries may be embedded again by a better producer. */
export interface RefinableCollection extends Collection {
  /** Ids of provisional entries, at most `limit`, in the order they were written; with "words" only those without vectors. */
  provisionalIds(limit: number, only?: "words"): Promise<string[]>;
  /** Puts new vectors in place of provisional ones. Entries that were removed, or whose text changed meanwhile, are left alone. */
  reembed(entries: readonly EmbeddedEntry[]): Promise<void>;
  /** Opens the rest of a collection that was opened before all of it was there. Searches continue meanwhile. */
  whole?(): Promise<void>;
  /** From now on words of near meaning are found too, unless it was opened with other meanings. */
  useMeanings?(meanings: WordMeanings): void;
}
