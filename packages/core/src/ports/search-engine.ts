import type { Entry, Fields } from "../entry.ts";
import type { ErrorCode } from "../errors.ts";
import type { Space } from "../space.ts";
import type { CatchingUp, Query } from "./collection.ts";
import type { Producer } from "./embedder.ts";
import type { StoredMedium } from "./entry-store.ts";
import type { Evidence, Reason, TextRange } from "./evidence.ts";
import type { Filter } from "./filter.ts";
import type { PictureLocus, TextLocus } from "./locus.ts";

export interface AddProgress {
  /** Entries of the call that are stored and can be found, or are removed because their text has nothing visible. */
  readonly done: number;
  /** Known when the source is an array. */
  readonly total?: number | undefined;
}

export interface AddOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each stored batch. */
  readonly onProgress?: ((progress: AddProgress) => void) | undefined;
  /**
   * "later" stores entries without vectors, which takes a small part of the time: they are found by their words until the engine's
   * host embeds them (`complete` of a tab's or a local engine). Default "now". Engines that complete nothing embed at once.
   */
  readonly meaning?: "now" | "later" | undefined;
}

export interface AddSummary {
  /** Entries of the call that are stored now. If an id occurs several times, only its last entry is. */
  readonly added: number;
  /** Ids whose last entry has nothing visible, and no medium that can be read. An entry stored under such an id is removed. */
  readonly skipped: readonly string[];
  /** Ids of entries with a part in a script that the model does not read. That part is found by its words. Absent if there are none. */
  readonly unread?: readonly string[] | undefined;
  /** Media that were left out because nothing can be made of them. An entry with nothing else is skipped. Absent if there are none. */
  readonly unreadable?: readonly UnreadableMedium[] | undefined;
}

/** A medium that is damaged, beyond a limit, or of a kind that the engine does not read. */
export interface UnreadableMedium {
  /** Id of its entry. */
  readonly id: string;
  /** Its position among the media that were given. */
  readonly medium: number;
  readonly code: ErrorCode;
  readonly message: string;
}

export type Ranking = "both" | "meaning" | "words";

export interface SearchOptions {
  /** The number of hits, 1 to 1,000. Default 10. */
  readonly k?: number | undefined;
  readonly filter?: Filter | undefined;
  /** Hits below this score are left out. Default: none are. Infinity leaves out all. */
  readonly minScore?: number | undefined;
  /**
   * What is compared: meaning and words, or one of them. Default "both". A vector without a text is compared by meaning alone; "words"
   * without a text is refused.
   */
  readonly ranking?: Ranking | undefined;
  /** True adds to each hit the reasons for its score. */
  readonly explain?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A stored entry. Its text is empty if it has only media. */
export interface FoundEntry {
  readonly id: string;
  readonly text: string;
  readonly fields?: Fields;
  readonly media?: readonly StoredMedium[];
}

/** A medium of an entry with its bytes. */
export interface FoundMedium extends StoredMedium {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A passage of a text with its words. */
export interface TextPart extends TextLocus {
  readonly text: string;
}

export interface Hit {
  readonly id: string;
  /** The probability, 0 to 1, that the hit answers the query. Hits are in its order. It compares hits of different collections, too. */
  readonly score: number;
  /** What the score was made of. */
  readonly evidence: Evidence;
  /** "words" if the part was compared by words alone. */
  readonly match?: "words" | undefined;
  readonly entry: FoundEntry;
  /** The part of the entry that matched. */
  readonly part: TextPart | PictureLocus;
  /**
   * The words of the part that count for the query as they are written, and those of near meaning that made it a hit, as ranges of the
   * entry's text, in its order. They do not overlap.
   */
  readonly matches: readonly TextRange[];
  /** With `explain`: what the score was summed up from, in logarithms of odds before calibration. */
  readonly reasons?: readonly Reason[] | undefined;
}

export interface SearchResult {
  readonly hits: readonly Hit[];
  /** The probability, 0 to 1, that the best entry found answers the query; `minScore` does not change it. */
  readonly confidence: number;
  /** True if no entry is likely to answer the query. The hits are the nearest there are. */
  readonly weak?: true | undefined;
  /** True if the model does not read the query: only words were compared. */
  readonly unread?: true | undefined;
  /** Id of the space in which query and entries were compared. */
  readonly space: string;
  /** Name of the producer that embedded the query; "caller" for a query vector, "entry" for those of an entry. */
  readonly producer: string;
  /**
   * True if there may be better hits: while model or collection are still being opened, while the collection takes in its store after a start
   * without a snapshot, if a model of pictures is not loaded yet or failed, and if found entries changed again and again before they could be read.
   */
  readonly partial?: boolean | undefined;
  /** Milliseconds spent in each stage. */
  readonly took: { readonly embed: number; readonly search: number; readonly total: number };
}

export interface EngineStats {
  readonly entries: number;
  readonly passages: number;
  readonly space: Space;
  /** The producer that embeds queries now, its backend, and why it was chosen. */
  readonly producer: Producer;
  readonly backend: string;
  readonly why: string;
  readonly index: { readonly kind: string; readonly bytes: number };
  readonly cache: { readonly hits: number; readonly misses: number };
  /** Entries whose producer is below the fidelity that documents need; `refine` embeds them again. */
  readonly provisional: number;
  /** Those of them that have no vectors yet, and are found by words alone. */
  readonly wordsOnly: number;
  /** Share of the true neighbours that a search finds: 1 where every passage is measured, else by the index's own sample. */
  readonly recall?: number | undefined;
  /** Set while the collection takes in its store: the progress, in sequence numbers of writes. */
  readonly catchingUp?: CatchingUp | undefined;
}

export interface EntryPatch {
  readonly text?: string;
  /** Replaces all fields. */
  readonly fields?: Fields;
}

/** A list, or a stream that is read only as fast as entries can be stored. */
export type EntrySource = readonly Entry[] | Iterable<Entry> | AsyncIterable<Entry>;

/**
 * Search by meaning over one collection. It has three implementations: in-process (core), in a worker (browser), over HTTP (edge client);
 * callers cannot distinguish them.
 *
 * An entry whose `add` progress was reported is stored for good, also when the call fails or is aborted later. `stored` of the
 * error counts them; an abort has no count, because more entries may be stored while it is handled. `add` replaces an entry of the same id,
 * and removes it if the new text has nothing visible. `update` of a missing id fails with `unknown-entry`, also if the entry is removed
 * while the new text is embedded. Parts that an update does not name stay as they are stored when the update is; with fields alone it
 * embeds nothing. If calls for one id run at the same time, the one that is stored last counts. An update to a text with nothing visible
 * fails with `nothing-to-read`: it would remove the entry.
 *
 * `LIMITS` lists the limits of a call. All implementations refuse the same calls with the same code, `bad-input` or `bad-vector`, before
 * any work begins. They read their arguments once, at the call, but the entries of an `add` one after another as they are
 * stored. An error that a source throws is passed on as it is, without `stored`.
 */
export interface SearchEngine {
  add(entries: EntrySource, options?: AddOptions): Promise<AddSummary>;
  update(id: string, patch: EntryPatch): Promise<void>;
  /** Returns the number of ids that were present. */
  remove(ids: readonly string[]): Promise<number>;
  /**
   * `query` is a text, or a vector [dimensions] of the engine's space, which is scaled to length 1, or both: then the vector stands for
   * the text's meaning.
   */
  search(query: string | Float32Array | Query, options?: SearchOptions): Promise<SearchResult>;
  stats(): Promise<EngineStats>;
  close(): Promise<void>;
}
