import { Slices } from "../let-others-run.ts";
import type { EntryStore, PrunedChange, StoreChange, StoredEntry } from "../ports/entry-store.ts";
import type { VectorIndex } from "../ports/vector-index.ts";
import type { Turn } from "../turns/turn.ts";
import { Directory } from "./directory.ts";
import { FilterBitmaps } from "./filter-bitmaps.ts";
import type { CollectionSnapshot, SnapshotSource } from "./snapshot.ts";
import { UnreadTexts } from "./unread-texts.ts";

type StoreIdentity = Pick<EntryStore, "space" | "createdAt">;
type KnownChange = Exclude<StoreChange, PrunedChange>;

/** The most changes that are taken in between two turns of the event loop. */
const CHANGES_A_SLICE = 32;

/**
 * The state that a collection derives from its store: index of vectors, directory of rows and fields, words of unread passages,
 * bitmaps of filters. They change together, by the store's changes, within one turn at a time. Taking in a change is idempotent,
 * so that one that was cut off in the middle can be taken in again.
 */
export class DerivedState {
  readonly index: VectorIndex;
  readonly directory: Directory;
  readonly unread = new UnreadTexts();
  readonly bitmaps = new FilterBitmaps();
  /** The store's sequence number up to which changes were taken in. */
  sequence = 0;

  readonly #store: StoreIdentity;

  constructor(store: StoreIdentity, index: VectorIndex, snapshot?: CollectionSnapshot) {
    this.#store = store;
    this.index = index;
    this.directory = Directory.fromListings(snapshot?.listings ?? []);
    this.unread.expect(snapshot?.listings ?? []);
    this.sequence = snapshot?.sequence ?? 0;
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
    const { sequence, directory, index } = this;
    const store = this.#store;
    const { space, createdAt } = store;
    const pieces = index.saved?.() ?? [await index.save()];
    return { sequence, space: space.id, storeCreatedAt: createdAt, listings: directory.all(), index: pieces };
  }

  /** Adds new rows before it removes old ones, so that a replaced entry can be found at any time. */
  async #applySlice(changes: readonly KnownChange[]): Promise<void> {
    const puts = changes.flatMap((change) => (change.kind === "put" ? [change.entry] : []));
    const rows = puts.flatMap((entry) => entry.passages.map((passage) => passage.row));
    if (rows.length > 0) await this.index.add(Uint32Array.from(rows), concat(puts.map((entry) => entry.vectors)));
    const gone = changes.flatMap((change) => this.#rowsOf(change.kind === "put" ? change.entry.id : change.id));
    for (const change of changes) {
      if (change.kind === "put") this.#put(change.entry);
      else this.#delete(change.id);
    }
    this.bitmaps.clear();
    // If a change is replayed, its rows are present already.
    const stale = gone.filter((row) => !this.directory.owner(row));
    if (stale.length > 0) await this.index.remove(Uint32Array.from(stale));
  }

  #removalsBy({ sequence, ids }: PrunedChange): KnownChange[] {
    const present = new Set(ids);
    const gone = Array.from(this.directory.all(), ({ id }) => id).filter((id) => !present.has(id));
    return gone.map((id) => ({ kind: "remove", sequence, id }));
  }

  #put(entry: StoredEntry): void {
    this.directory.put(entry);
    this.unread.put(entry);
  }

  #delete(id: string): void {
    this.directory.delete(id);
    this.unread.delete(id);
  }

  #rowsOf(id: string): number[] {
    return this.directory.get(id)?.passages.map((passage) => passage.row) ?? [];
  }
}

function concat(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
