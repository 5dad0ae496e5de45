import { checkedVector } from "../checks/check-vector.ts";
import { closedError } from "../closed-error.ts";
import type { Fields } from "../entry.ts";
import { PipitError, throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type {
  CatchingUp,
  Collection,
  CollectionAnswer,
  CollectionHit,
  CollectionQuery,
  CollectionStats,
  EmbeddedEntry,
} from "../ports/collection.ts";
import type { EntryStore, PrunedChange, StoreChange, StoredEntry, StoreWrite } from "../ports/entry-store.ts";
import type { IndexKind, RowBitmap, VectorIndex } from "../ports/vector-index.ts";
import { compileFilter } from "../search/filter.ts";
import type { Space } from "../space.ts";
import { Turns } from "../turns/turns.ts";
import { assertQuery, assertUnitVectors } from "../vector.ts";
import { Directory } from "./directory.ts";
import { FilterBitmaps, type MakeBitmap } from "./filter-bitmaps.ts";
import { Patience } from "./patience.ts";
import { measureRecall } from "./recall.ts";
import type { SnapshotSource } from "./snapshot.ts";
import { SnapshotKeeper, type SnapshotKeeperParts } from "./snapshot-keeper.ts";
import { UnreadTexts } from "./unread-texts.ts";

export interface CollectionParts extends SnapshotKeeperParts {
  /** The truth. The collection owns it from here and closes it. */
  readonly store: EntryStore;
  readonly index: IndexKind;
}

/** Changes taken in between two turns of the event loop, at most. */
const CHANGES_A_SLICE = 32;
/** Changes of others that a search waits for however long they take; beyond them it answers from what is there. */
const ALWAYS_AWAITED = 4096;

/**
 * A collection over a database and an index in this process. What the snapshot does not cover is taken in before it is open, or,
 * where that takes long, while it answers from what is there.
 */
export async function openCollection(parts: CollectionParts): Promise<Collection> {
  const collection = new LocalCollection(parts);
  await collection.open();
  return collection;
}

type KnownChange = Exclude<StoreChange, PrunedChange>;

interface Wanted extends Omit<CollectionQuery, "filter"> {
  readonly allowed?: RowBitmap;
}

class LocalCollection implements Collection {
  readonly space: Space;
  private readonly parts: CollectionParts;
  private readonly keeper: SnapshotKeeper;
  private index!: VectorIndex;
  private directory = new Directory();
  private readonly unread = new UnreadTexts();
  /** The store's sequence that index and directory stand at. */
  private sequence = 0;
  private readonly bitmaps = new FilterBitmaps();
  private readonly patience = new Patience(ALWAYS_AWAITED);
  private catchingUp: CatchingUp | undefined;
  /** One change of the derived state at a time. */
  private readonly turns = new Turns();
  private unsubscribe: (() => void) | undefined;
  private closing = false;
  private closed = false;

  constructor(parts: CollectionParts) {
    this.parts = parts;
    this.keeper = new SnapshotKeeper(parts);
    this.space = parts.store.space;
  }

  async open(): Promise<void> {
    const { store } = this.parts;
    await this.openDerived();
    await this.sync();
    this.unsubscribe = store.onChange(() => {
      // A failure here shows again, with its caller, at the next search.
      this.sync().catch(() => undefined);
    });
  }

  async upsert(entries: readonly EmbeddedEntry[], emptied: readonly string[] = []): Promise<void> {
    const unique = [...new Map(entries.map((entry) => [entry.id, entry])).values()];
    for (const entry of unique) this.assertWhole(entry);
    await this.change(async (nextRow) => ({
      put: placeRows(await this.withFields(unique), nextRow),
      remove: this.presentOf(emptied),
    }));
  }

  async remove(ids: readonly string[]): Promise<number> {
    let present: string[] = [];
    await this.change(async () => {
      present = this.presentOf(ids);
      return { remove: present };
    });
    return present.length;
  }

  async setFields(id: string, fields: Fields): Promise<boolean> {
    let found = false;
    await this.change(async () => {
      const [stored] = await this.parts.store.getMany([id]);
      found = stored !== undefined;
      return { put: stored ? [{ ...stored, fields }] : [] };
    });
    return found;
  }

  async reembed(entries: readonly EmbeddedEntry[]): Promise<void> {
    for (const entry of entries) this.assertWhole(entry);
    await this.change(async (nextRow) => {
      const stored = await this.parts.store.getMany(entries.map((entry) => entry.id));
      const same = entries.filter((entry, i) => stored[i]?.provisional && stored[i]?.text === entry.text);
      return { put: placeRows(await this.withFields(same.map((entry) => ({ ...entry, fields: undefined }))), nextRow) };
    });
  }

  async getMany(ids: readonly string[]): Promise<(StoredEntry | undefined)[]> {
    this.assertOpen();
    return this.parts.store.getMany(ids);
  }

  async search(vector: Float32Array, query: CollectionQuery): Promise<CollectionAnswer> {
    this.assertOpen();
    const checked = checkedVector(vector);
    assertQuery(checked, this.space.dimensions);
    await this.sync();
    return this.marked(() => this.hitsFor(checked, query));
  }

  async searchWords(text: string, { k, filter, signal }: CollectionQuery): Promise<CollectionAnswer> {
    this.assertOpen();
    await this.sync();
    throwIfAborted(signal);
    const test = filter === undefined ? () => true : compileFilter(filter);
    const allows = (id: string) => test(this.directory.get(id)?.fields ?? {});
    return this.marked(() => this.unread.search(this.parts.store, text, { k, allows, signal }));
  }

  async ids(): Promise<string[]> {
    await this.whole();
    return Array.from(this.directory.all(), (listing) => listing.id);
  }

  async provisionalIds(limit: number): Promise<string[]> {
    await this.whole();
    const waiting = this.directory.provisional().slice(0, limit);
    return waiting.map((listing) => listing.id);
  }

  async recall(samples: number, k: number): Promise<number> {
    await this.whole();
    return measureRecall({ store: this.parts.store, index: this.index, ids: this.sampleIds(samples), k });
  }

  async stats(): Promise<CollectionStats> {
    await this.sync();
    const { kind, bytes, recall } = this.index.stats();
    const { catchingUp, sequence } = this;
    const { entries, rows } = this.directory;
    const provisional = this.directory.provisional().length;
    return { entries, passages: rows, sequence, index: { kind, bytes, recall }, provisional, catchingUp };
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    this.unsubscribe?.();
    await this.turns.take(() => this.keeper.saveAtEnd(this.directory.entries, () => this.snapshotSource()));
    this.closed = true;
    await this.index.close();
    await this.parts.store.close();
  }

  /** A write of this holder: one writer over all holders, on top of all that others wrote, durable before it shows. */
  private async change(plan: (nextRow: number) => Promise<StoreWrite>): Promise<void> {
    this.assertOpen();
    const { store } = this.parts;
    // Other writers need not wait while this holder catches up.
    await this.whole();
    await store.exclusively(() =>
      this.turns.take(async () => {
        await this.catchUp();
        const { put = [], remove = [] } = await plan((await store.state()).nextRow);
        if (put.length + remove.length === 0) return;
        const { sequence } = await store.write({ put, remove });
        await this.apply([
          ...remove.map((id) => ({ kind: "remove" as const, sequence, id })),
          ...put.map((entry) => ({ kind: "put" as const, sequence, entry })),
        ]);
        this.sequence = sequence;
        this.saveWhenDue();
      }),
    );
  }

  /** Waits for what others wrote, or for as long as callers have patience; `catchingUp` tells which. */
  private async sync(): Promise<void> {
    // Work that is under way may have begun before the write that this call is to see; the next one has not.
    for (let round = 0; round < 2 && (await this.isBehind()); round++) {
      await this.patience.wait(() => this.turns.take(() => this.catchUp()));
      if (this.catchingUp) return;
    }
  }

  private async whole(): Promise<void> {
    for (let round = 0; round < 2 && (await this.isBehind()); round++) {
      await this.patience.waitToTheEnd(() => this.turns.take(() => this.catchUp()));
    }
  }

  private async isBehind(): Promise<boolean> {
    this.assertOpen();
    return (await this.parts.store.state()).sequence !== this.sequence;
  }

  private async catchUp(): Promise<void> {
    const { sequence: total } = await this.parts.store.state();
    if (total === this.sequence) return;
    try {
      await this.replay(total);
      this.saveWhenDue();
    } finally {
      this.catchingUp = undefined;
    }
  }

  private async replay(total: number): Promise<void> {
    const slices = new Slices();
    let done = 0;
    for await (const changes of this.parts.store.changes(this.sequence)) {
      if (this.closing) throw closedError("collection");
      await this.apply(changes.flatMap((change) => (change.kind === "only" ? this.pruned(change) : [change])));
      // The rest of the last write may be in the next page.
      this.sequence = Math.max(this.sequence, (changes.at(-1)?.sequence ?? 0) - 1);
      this.catchingUp = { done: Math.min(this.sequence, total), total };
      done += changes.length;
      this.patience.note(done);
      await slices.pause();
    }
    this.sequence = Math.max(this.sequence, total);
  }

  private pruned({ sequence, ids }: PrunedChange): KnownChange[] {
    const present = new Set(ids);
    const gone = Array.from(this.directory.all(), ({ id }) => id).filter((id) => !present.has(id));
    return gone.map((id) => ({ kind: "remove", sequence, id }));
  }

  private async apply(changes: readonly KnownChange[]): Promise<void> {
    const slices = new Slices();
    for (let at = 0; at < changes.length; at += CHANGES_A_SLICE) {
      await this.applySlice(changes.slice(at, at + CHANGES_A_SLICE));
      await slices.pause();
    }
    this.keeper.noteChanges(changes.length);
  }

  /** New rows come before old ones go, so that an entry that is replaced is found at every moment. */
  private async applySlice(changes: readonly KnownChange[]): Promise<void> {
    const puts = changes.flatMap((change) => (change.kind === "put" ? [change.entry] : []));
    const rows = puts.flatMap((entry) => entry.passages.map((passage) => passage.row));
    if (rows.length > 0) await this.index.add(Uint32Array.from(rows), concat(puts.map((entry) => entry.vectors)));
    const gone = changes.flatMap((change) => this.rowsOf(change.kind === "put" ? change.entry.id : change.id));
    for (const change of changes) {
      if (change.kind === "put") this.put(change.entry);
      else this.delete(change.id);
    }
    this.bitmaps.clear();
    // A change that is replayed a second time brings the rows that are there.
    const stale = gone.filter((row) => !this.directory.owner(row));
    if (stale.length > 0) await this.index.remove(Uint32Array.from(stale));
  }

  private put(entry: StoredEntry): void {
    this.directory.put(entry);
    this.unread.put(entry);
  }

  private delete(id: string): void {
    this.directory.delete(id);
    this.unread.delete(id);
  }

  private rowsOf(id: string): number[] {
    return this.directory.get(id)?.passages.map((passage) => passage.row) ?? [];
  }

  private bestPassages(rows: Uint32Array, distances: Float32Array): CollectionHit[] {
    const hits = new Map<string, CollectionHit>();
    for (const [i, row] of rows.entries()) {
      const owner = this.directory.owner(row);
      if (!owner || hits.has(owner.listing.id)) continue;
      const { id } = owner.listing;
      const { start, end } = owner.passage;
      hits.set(id, { id, score: cosineOf(distances[i]!), passage: { start, end } });
    }
    return [...hits.values()];
  }

  private async nearest(query: Float32Array, { k, signal, allowed }: Wanted): Promise<CollectionHit[]> {
    // Several passages of one entry may lie near: ask for more until k entries are found or no rows are left.
    for (let wanted = k; ; wanted *= 2) {
      throwIfAborted(signal);
      const { rows, distances } = await this.index.search(query, { k: wanted, filter: allowed });
      const hits = this.bestPassages(rows, distances);
      if (hits.length >= k || rows.length < wanted) return hits.slice(0, k);
    }
  }

  private async marked(find: () => Promise<CollectionHit[]>): Promise<CollectionAnswer> {
    const partial = this.catchingUp !== undefined;
    const hits = await find();
    return partial ? { hits, partial } : { hits };
  }

  private async hitsFor(query: Float32Array, { k, filter, signal }: CollectionQuery): Promise<CollectionHit[]> {
    if (filter === undefined) return this.nearest(query, { k, signal });
    const make: MakeBitmap = (plain, memory) => this.directory.bitmapOf(compileFilter(plain), memory);
    const read = (allowed: RowBitmap) => this.nearest(query, { k, signal, allowed });
    return this.bitmaps.reading(filter, { make, read, signal });
  }

  private presentOf(ids: readonly string[]): string[] {
    return [...new Set(ids)].filter((id) => this.directory.get(id));
  }

  private async withFields(entries: readonly EmbeddedEntry[]): Promise<(EmbeddedEntry & { fields: Fields })[]> {
    return entries.map((entry) => ({ ...entry, fields: entry.fields ?? this.directory.get(entry.id)?.fields ?? {} }));
  }

  private sampleIds(samples: number): string[] {
    const listings = [...this.directory.all()];
    const step = Math.max(1, Math.floor(listings.length / samples));
    const spread = listings.filter((_, i) => i % step === 0);
    return spread.slice(0, samples).map((listing) => listing.id);
  }

  private async openDerived(): Promise<void> {
    const { store, index } = this.parts;
    const snapshot = await this.keeper.load();
    if (snapshot && snapshot.space === this.space.id && snapshot.sequence <= (await store.state()).sequence) {
      try {
        this.index = await index.open(snapshot.index, this.space.dimensions);
        this.directory = Directory.fromListings(snapshot.listings);
        this.unread.expect(snapshot.listings);
        this.sequence = snapshot.sequence;
        return;
      } catch (error) {
        this.keeper.report(error);
      }
    }
    this.index = await index.create(this.space.dimensions);
  }

  private saveWhenDue(): void {
    const save = () => this.keeper.save(() => this.snapshotSource());
    this.keeper.whenDue(this.directory.entries, () => void this.turns.take(save).catch(() => undefined));
  }

  private async snapshotSource(): Promise<SnapshotSource> {
    const { sequence, directory, index } = this;
    const pieces = index.saved?.() ?? [await index.save()];
    return { sequence, space: this.space.id, listings: directory.all(), index: pieces };
  }

  private assertWhole({ id, passages, vectors, unread = [] }: EmbeddedEntry): void {
    const rows = assertUnitVectors(vectors, this.space.dimensions);
    if (rows === passages.length && rows + unread.length > 0) return;
    throw new PipitError("bad-input", {
      got: `entry ${JSON.stringify(id)} with ${passages.length} passages and ${rows} vectors`,
      expected: "one vector a passage, and at least one passage, read or unread",
      do: "Embed every passage.",
    });
  }

  private assertOpen(): void {
    if (!this.closed) return;
    throw new PipitError("closed", {
      got: "a call to a closed collection",
      expected: "an open one",
      do: "Open the collection again; what was stored is there.",
    });
  }
}

/** Sums of float32 can pass the ends by some millionths. */
function cosineOf(distance: number): number {
  return Math.max(-1, Math.min(1, 1 - distance));
}

function placeRows(entries: readonly (EmbeddedEntry & { fields: Fields })[], firstRow: number): StoredEntry[] {
  let row = firstRow;
  return entries.map((entry) => ({
    id: entry.id,
    text: entry.text,
    fields: entry.fields,
    passages: entry.passages.map(({ start, end }) => ({ row: row++, start, end })),
    vectors: entry.vectors,
    ...(entry.unread?.length ? { unread: entry.unread } : {}),
    producer: entry.producer,
    provisional: entry.provisional,
  }));
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
