import { Slices } from "../let-others-run.ts";
import type { EntryStore, PrunedChange, StoreChange } from "../ports/entry-store.ts";
import type { Space } from "../space.ts";
import type { Turn } from "../turns/turn.ts";
import type { Derived, EntryChange } from "./derived.ts";
import { type DerivedParts, type FurtherSpace, furtherName } from "./derived-kinds.ts";
import { DerivedVectors } from "./derived-vectors.ts";
import type { Directory } from "./directory.ts";
import { FilterBitmaps } from "./filter-bitmaps.ts";
import { savedDirectory } from "./saved-listings.ts";
import type { SnapshotSource } from "./snapshot.ts";
import { DIRECTORY } from "./snapshot-format.ts";

export interface DerivedStateParts {
  readonly store: Pick<EntryStore, "space" | "createdAt">;
  readonly directory: Directory;
  readonly indexes: DerivedParts;
  readonly further?: readonly FurtherSpace[] | undefined;
  /** The sequence number of the store up to which the directory and each index took in changes, by name. */
  readonly sequences: ReadonlyMap<string, number>;
}

/** The most changes that are taken in between two turns of the event loop. */
const CHANGES_A_SLICE = 32;

/**
 * The state that a collection derives from its store: the directory of rows and fields, the indexes, bitmaps of filters. They change
 * together, by the store's changes, within one turn at a time. Taking in a change is idempotent, so that one that was cut off in the
 * middle can be taken in again. An index that was made anew, because its section of a snapshot was torn or missing, takes in the
 * changes that the others have.
 */
export class DerivedState {
  readonly directory: Directory;
  readonly indexes: DerivedParts;
  /** Rows that a filter allows. */
  readonly bitmaps = new FilterBitmaps();

  readonly #store: DerivedStateParts["store"];
  readonly #further: ReadonlyMap<string, FurtherSpace>;
  readonly #sequences: Map<string, number>;

  constructor({ store, directory, indexes, further = [], sequences }: DerivedStateParts) {
    this.#store = store;
    this.#further = new Map(further.map((each) => [each.space.id, each]));
    this.directory = directory;
    this.indexes = indexes;
    this.#sequences = new Map(sequences);
  }

  get space(): Space {
    return this.#store.space;
  }

  /** A further space by its id, with its index. */
  furtherOf(space: string): (FurtherSpace & { readonly vectors: DerivedVectors }) | undefined {
    const further = this.#further.get(space);
    return further && { ...further, vectors: this.indexes[furtherName(space)]! };
  }

  /** Ids of the further spaces in which parts have vectors, or may have. */
  get filledSpaces(): string[] {
    return [...this.#further.keys()].filter((space) => !this.indexes[furtherName(space)]!.isEmpty);
  }

  /** Of the further spaces, by id. */
  get furtherDimensions(): ReadonlyMap<string, number> {
    return new Map(Array.from(this.#further.values(), ({ space }) => [space.id, space.dimensions]));
  }

  /** The store's sequence number up to which everything took in changes. */
  get sequence(): number {
    return Math.min(...this.#sequences.values());
  }

  /** False while indexes that were just opened find less than they will. */
  get isWhole(): boolean {
    return this.#named().every(([, index]) => index.isWhole !== false);
  }

  /** Makes all indexes whole. */
  async finish(): Promise<void> {
    for (const [, index] of this.#named()) await index.finish?.();
  }

  /** Opens what must be open before entries change. */
  async openForChanges(): Promise<void> {
    for (const [, index] of this.#named()) if (index instanceof DerivedVectors && !index.isWhole) await index.finish();
  }

  /** Notes that an index is empty: it is behind all others from then on. */
  noteAnew(name: string): void {
    this.#sequences.set(name, 0);
  }

  /** Notes that everything took in the changes up to this one. */
  reach(sequence: number): void {
    for (const [name, reached] of this.#sequences) this.#sequences.set(name, Math.max(reached, sequence));
  }

  /** Fails with `storage-blocked` once the turn is lost. Changes that were taken in until then stay. */
  async apply(changes: readonly StoreChange[], turn: Turn): Promise<void> {
    const known = changes.flatMap((change) => (change.kind === "only" ? this.#removalsBy(change) : [change]));
    const slices = new Slices();
    for (let at = 0; at < known.length; at += CHANGES_A_SLICE) {
      turn.step();
      await this.#applySlice(known.slice(at, at + CHANGES_A_SLICE));
      await slices.pause();
    }
    turn.step();
  }

  presentOf(ids: readonly string[]): string[] {
    return [...new Set(ids)].filter((id) => this.directory.get(id));
  }

  async snapshotSource(): Promise<SnapshotSource> {
    const { space, createdAt } = this.#store;
    const sections = new Map([[DIRECTORY, await savedDirectory(this.directory.all())]]);
    for (const [name, index] of this.#named()) sections.set(name, await index.saved());
    return { sequence: this.sequence, space: space.id, storeCreatedAt: createdAt, sections };
  }

  async close(): Promise<void> {
    for (const [, index] of this.#named()) await index.close();
  }

  /** Prepares for new entries before old ones are gone, so that a replaced entry can be found at any time. */
  async #applySlice(changes: readonly EntryChange[]): Promise<void> {
    const indexes = this.#named().map(([name, index]) => ({ index, fresh: this.#freshFor(name, changes) }));
    for (const { index, fresh } of indexes) {
      await index.prepare?.(fresh.flatMap((change) => (change.kind === "put" ? [change.entry] : [])));
    }
    const listed = this.#freshFor(DIRECTORY, changes);
    const gone = listed.flatMap((change) => this.directory.rowsOf(change.kind === "put" ? change.entry.id : change.id));
    for (const change of listed) {
      if (change.kind === "put") this.directory.put(change.entry);
      else this.directory.delete(change.id);
    }
    for (const { index, fresh } of indexes) index.commit?.(fresh);
    this.bitmaps.clear();
    // If a change is replayed, its rows are present already.
    const stale = gone.filter((row) => !this.directory.owner(row));
    for (const { index } of indexes) await index.clean?.(stale);
  }

  #freshFor(name: string, changes: readonly EntryChange[]): readonly EntryChange[] {
    const reached = this.#sequences.get(name) ?? 0;
    return changes.filter(({ sequence }) => sequence > reached);
  }

  #named(): [name: string, index: Derived][] {
    return Object.entries<Derived>(this.indexes);
  }

  #removalsBy({ sequence, ids }: PrunedChange): EntryChange[] {
    const present = new Set(ids);
    const gone = [...this.directory.ids()].filter((id) => !present.has(id));
    return gone.map((id) => ({ kind: "remove", sequence, id }));
  }
}
