import type { Fields } from "../entry.ts";
import type { Passage, StoredEntry, UnreadPassage } from "../ports/entry-store.ts";
import type { RowBitmap } from "../ports/vector-index.ts";
import type { FieldTest } from "../search/compile-filter.ts";

/** The part of an entry that is held in memory: enough to filter, and to turn a row into a hit. */
export interface Listing {
  readonly id: string;
  readonly passages: readonly Passage[];
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly fields: Fields;
  readonly provisional: boolean;
}

/** The number of entries that are marked in a bitmap between two stops. */
const LISTINGS_A_STOP = 32;

/** Maps rows to entries and entries to rows. It is derived from the store and held in memory beside the index. */
export class Directory {
  readonly #listings = new Map<string, Listing>();
  readonly #owners = new Map<number, { listing: Listing; passage: Passage }>();
  readonly #provisional = new Set<string>();
  readonly #wordsOnly = new Set<string>();
  #topRow = -1;

  static fromListings(listings: readonly Listing[]): Directory {
    const directory = new Directory();
    for (const listing of listings) directory.#insert(listing);
    return directory;
  }

  get entries(): number {
    return this.#listings.size;
  }

  get rows(): number {
    return this.#owners.size;
  }

  get(id: string): Listing | undefined {
    return this.#listings.get(id);
  }

  owner(row: number): { listing: Listing; passage: Passage } | undefined {
    return this.#owners.get(row);
  }

  /** Returns a test of entries by id; without a field test all entries pass. */
  allowing(test: FieldTest | undefined): (id: string) => boolean {
    return test === undefined ? () => true : (id) => test(this.#listings.get(id)?.fields ?? {});
  }

  all(): IterableIterator<Listing> {
    return this.#listings.values();
  }

  put({ id, passages, unread, fields, provisional }: StoredEntry): void {
    this.delete(id);
    this.#insert({ id, passages, unread, fields, provisional });
  }

  delete(id: string): void {
    for (const { row } of this.#listings.get(id)?.passages ?? []) this.#owners.delete(row);
    this.#listings.delete(id);
    this.#provisional.delete(id);
    this.#wordsOnly.delete(id);
  }

  /** Ids of provisional entries, in the order in which they were written. */
  get provisional(): ReadonlySet<string> {
    return this.#provisional;
  }

  /** Ids of those that have no vectors yet. */
  get wordsOnly(): ReadonlySet<string> {
    return this.#wordsOnly;
  }

  /**
   * The bitmap is written into `memory` if that has the right size. The generator stops regularly. Entries that change during a stop
   * move to the end of the directory and are marked again, so that the finished bitmap is right for all entries.
   */
  *bitmapOf(test: FieldTest, memory?: RowBitmap): Generator<void, RowBitmap> {
    let bitmap = this.#emptyBitmap(memory);
    let looked = 0;
    for (const { fields, passages } of this.#listings.values()) {
      if (bitmap.length < this.#bitmapWords) bitmap = this.#grown(bitmap);
      mark(bitmap, passages, test(fields));
      if (++looked % LISTINGS_A_STOP === 0) yield;
    }
    return bitmap;
  }

  get #bitmapWords(): number {
    return Math.ceil((this.#topRow + 1) / 32);
  }

  #emptyBitmap(memory: RowBitmap | undefined): RowBitmap {
    return memory?.length === this.#bitmapWords ? memory.fill(0) : new Uint32Array(this.#bitmapWords);
  }

  #grown(bitmap: RowBitmap): RowBitmap {
    const larger = new Uint32Array(this.#bitmapWords);
    larger.set(bitmap);
    return larger;
  }

  #insert(listing: Listing): void {
    this.#listings.set(listing.id, listing);
    if (listing.provisional) this.#provisional.add(listing.id);
    if (listing.provisional && listing.passages.length === 0) this.#wordsOnly.add(listing.id);
    for (const passage of listing.passages) {
      this.#owners.set(passage.row, { listing, passage });
      this.#topRow = Math.max(this.#topRow, passage.row);
    }
  }
}

function mark(bitmap: RowBitmap, passages: readonly Passage[], allowed: boolean): void {
  for (const { row } of passages) {
    const bit = 1 << (row & 31);
    if (allowed) bitmap[row >>> 5]! |= bit;
    else bitmap[row >>> 5]! &= ~bit;
  }
}
