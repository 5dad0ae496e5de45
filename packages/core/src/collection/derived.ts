import type { PrunedChange, StoreChange, StoredEntry } from "../ports/entry-store.ts";
import type { SavedSection } from "./snapshot-format.ts";

/** A change of one entry. */
export type EntryChange = Exclude<StoreChange, PrunedChange>;

/**
 * An index that is derived from the entries of a store. It takes in changes in three steps, each of which may be taken a second time with
 * no other effect, because a change that was cut off is taken in again. Searches run between the steps and find each entry as it was
 * before or as it is after.
 */
export interface Derived {
  /** Prepares for entries that the directory does not list yet. It may take long. */
  prepare?(entries: readonly StoredEntry[]): Promise<void>;
  /** Changes in step with the directory, without a pause. */
  commit?(changes: readonly EntryChange[]): void;
  /** Frees what belongs to no entry any more, such as these rows. */
  clean?(rows: readonly number[]): Promise<void>;
  /**
   * The pieces of its section of a snapshot, which has checksums of its own. They may be views of memory: the index must not be changed
   * until the last is written.
   */
  saved(): Promise<SavedSection>;
  /** False after opening until `finish` resolves: searches then find less. Absent if opening leaves nothing to do. */
  readonly isWhole?: boolean;
  /** Does what opening left. The index may be searched and changed meanwhile. */
  finish?(): Promise<void>;
  close(): Promise<void>;
}

/** Makes an empty index, or opens its section of a snapshot. A section that is torn, foreign or of another version rejects with `bad-snapshot`. */
export interface DerivedKind<D extends Derived> {
  create(): Promise<D>;
  open(section: Uint8Array): Promise<D>;
  /** Leaves the opening to `finish`. Absent for an index without which nothing is found. */
  openLater?(later: LaterSection): D;
}

/** A section of a snapshot that is read when it is needed. */
export interface LaterSection {
  /** Undefined if it is missing. */
  read(): Promise<Uint8Array | undefined>;
  /** Called if the index was made anew, because the section cannot be used: it must take in all entries. */
  onAnew(error?: unknown): void;
}
