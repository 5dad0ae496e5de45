import type { FoundFurther } from "../ports/collection.ts";
import type { Passage, StoredEntry } from "../ports/entry-store.ts";
import type { RowBitmap } from "../ports/vector-index.ts";
import type { FieldTest } from "../search/compile-filter.ts";
import { rowsOf } from "../stored-rows.ts";
import type { Listing } from "./listing.ts";
import type { SavedListings } from "./saved-listings.ts";

/** A part with a row. */
export type RowPart = Passage | FoundFurther;

interface Owner {
  readonly listing: Listing;
  readonly part: RowPart;
}

/** The number of entries that are marked in a bitmap between two stops. */
const LISTINGS_A_STOP = 32;

/** Maps rows to entries and entries to rows. It is derived from the store and held in memory beside the index. */
export class Directory {
  /** A number is that of a saved listing that nobody has asked for yet. */
  readonly #listings = new Map<string, Listing | number>();
  readonly #owners = new Map<number, Owner>();
  readonly #provisional = new Set<string>();
  readonly #wordsOnly = new Set<string>();
  /** The number of media of each digest. Counted when it is asked for: most collections have none. */
  #media: Map<string, number> | undefined;
  #topRow = -1;
  #rows = 0;
  #saved: SavedListings | undefined;
  /** By row the number of its saved listing, and 1; 0 for other rows. */
  #savedOwners = new Uint32Array();

  /** Makes each listing when it is asked for. */
  static fromSaved(saved: SavedListings): Directory {
    const directory = new Directory();
    directory.#take(saved);
    return directory;
  }

  static fromListings(listings: readonly Listing[]): Directory {
    const directory = new Directory();
    for (const listing of listings) directory.#insert(listing);
    return directory;
  }

  get entries(): number {
    return this.#listings.size;
  }

  get rows(): number {
    return this.#rows;
  }

  get(id: string): Listing | undefined {
    const found = this.#listings.get(id);
    if (typeof found !== "number") return found;
    const listing = this.#saved!.listing(found);
    this.#listings.set(id, listing);
    return listing;
  }

  owner(row: number): Owner | undefined {
    const owner = this.#owners.get(row);
    const number = this.#savedOwners[row];
    if (owner || !number) return owner;
    const listing = this.get(this.#saved!.ids[number - 1]!)!;
    for (const part of partsOf(listing)) {
      this.#savedOwners[part.row] = 0;
      this.#owners.set(part.row, { listing, part });
    }
    return this.#owners.get(row);
  }

  /** Returns a test of entries by id; without a field test all entries pass. */
  allowing(test: FieldTest | undefined): (id: string) => boolean {
    return test === undefined ? () => true : (id) => test(this.get(id)?.fields ?? {});
  }

  ids(): IterableIterator<string> {
    return this.#listings.keys();
  }

  *all(): Generator<Listing> {
    for (const found of this.#listings.values()) yield typeof found === "number" ? this.#saved!.listing(found) : found;
  }

  put({ id, passages, unread, media, further, fields, provisional }: StoredEntry): void {
    this.delete(id);
    const parts = further?.map(({ space, parts }) => ({ space, parts }));
    this.#insert({ id, passages, unread, media, further: parts, fields, provisional });
  }

  /** True if an entry has a medium of this digest. */
  names(digest: string): boolean {
    if (!this.#media) {
      this.#media = new Map();
      for (const listing of this.all()) this.#countMedia(listing, 1);
    }
    return (this.#media.get(digest) ?? 0) > 0;
  }

  /** The rows of an entry, in all spaces. */
  rowsOf(id: string): number[] {
    const listing = this.get(id);
    return listing ? rowsOf(listing) : [];
  }

  delete(id: string): void {
    const listing = this.get(id);
    if (!listing) return;
    for (const row of rowsOf(listing)) this.#disown(row);
    this.#countMedia(listing, -1);
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
    // Not by ids: to look each up takes several times as long.
    for (const found of this.#listings.values()) {
      const listing = typeof found === "number" ? this.get(this.#saved!.ids[found]!)! : found;
      if (bitmap.length < this.#bitmapWords) bitmap = this.#grown(bitmap);
      const allowed = test(listing.fields);
      mark(bitmap, listing.passages, allowed);
      for (const { parts } of listing.further ?? []) mark(bitmap, parts, allowed);
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
    this.#countMedia(listing, 1);
    if (listing.provisional) this.#provisional.add(listing.id);
    if (listing.provisional && listing.passages.length === 0) this.#wordsOnly.add(listing.id);
    for (const part of partsOf(listing)) {
      this.#disown(part.row);
      this.#owners.set(part.row, { listing, part });
      this.#rows++;
      this.#topRow = Math.max(this.#topRow, part.row);
    }
  }

  #countMedia({ media = [] }: Listing, step: 1 | -1): void {
    for (const { digest } of media) this.#media?.set(digest, (this.#media.get(digest) ?? 0) + step);
  }

  #disown(row: number): void {
    if (this.#owners.delete(row) || this.#savedOwners[row]) this.#rows--;
    if (row < this.#savedOwners.length) this.#savedOwners[row] = 0;
  }

  #take(saved: SavedListings): void {
    this.#saved = saved;
    for (const row of saved.rows) this.#topRow = Math.max(this.#topRow, row);
    this.#rows = saved.rows.length;
    this.#savedOwners = new Uint32Array(this.#topRow + 1);
    for (const [number, id] of saved.ids.entries()) {
      this.#listings.set(id, number);
      const rows = saved.rowsOf(number);
      for (const row of rows) this.#savedOwners[row] = number + 1;
      if (!saved.isProvisional(number)) continue;
      this.#provisional.add(id);
      if (saved.passagesOf(number) === 0) this.#wordsOnly.add(id);
    }
  }
}

function* partsOf({ passages, media = [], further = [] }: Listing): Generator<RowPart> {
  yield* passages;
  for (const { space, parts } of further) {
    for (const { row, locus } of parts) {
      const digest = locus.modality === "text" ? undefined : media[locus.medium]?.digest;
      yield { row, locus, space, digest };
    }
  }
}

function mark(bitmap: RowBitmap, parts: readonly { readonly row: number }[], allowed: boolean): void {
  for (const { row } of parts) {
    const bit = 1 << (row & 31);
    if (allowed) bitmap[row >>> 5]! |= bit;
    else bitmap[row >>> 5]! &= ~bit;
  }
}
