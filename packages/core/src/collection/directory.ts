import type { Fields } from "../entry.ts";
import type { Passage, StoredEntry, UnreadPassage } from "../ports/entry-store.ts";
import type { RowBitmap } from "../ports/vector-index.ts";
import type { FieldTest } from "../search/filter.ts";

/** What is known of an entry without asking the database: enough to filter and to turn a row into a hit. */
export interface Listing {
  readonly id: string;
  readonly passages: readonly Passage[];
  readonly unread?: readonly UnreadPassage[] | undefined;
  readonly fields: Fields;
  readonly provisional: boolean;
}

/** Which entry a row belongs to, and which rows an entry has. Derived from the store, kept in memory beside the index. */
export class Directory {
  private readonly listings = new Map<string, Listing>();
  private readonly owners = new Map<number, { listing: Listing; passage: Passage }>();
  private topRow = -1;

  static fromListings(listings: readonly Listing[]): Directory {
    const directory = new Directory();
    for (const listing of listings) directory.insert(listing);
    return directory;
  }

  get entries(): number {
    return this.listings.size;
  }

  get rows(): number {
    return this.owners.size;
  }

  get(id: string): Listing | undefined {
    return this.listings.get(id);
  }

  owner(row: number): { listing: Listing; passage: Passage } | undefined {
    return this.owners.get(row);
  }

  all(): IterableIterator<Listing> {
    return this.listings.values();
  }

  put({ id, passages, unread, fields, provisional }: StoredEntry): void {
    this.delete(id);
    this.insert({ id, passages, unread, fields, provisional });
  }

  delete(id: string): void {
    for (const { row } of this.listings.get(id)?.passages ?? []) this.owners.delete(row);
    this.listings.delete(id);
  }

  provisional(): Listing[] {
    return [...this.listings.values()].filter((listing) => listing.provisional);
  }

  /** Written into `memory` where that is as large as it takes. */
  bitmapOf(test: FieldTest, memory?: RowBitmap): RowBitmap {
    const words = Math.ceil((this.topRow + 1) / 32);
    const bitmap = memory?.length === words ? memory.fill(0) : new Uint32Array(words);
    for (const { fields, passages } of this.listings.values()) {
      if (!test(fields)) continue;
      for (const { row } of passages) bitmap[row >>> 5]! |= 1 << (row & 31);
    }
    return bitmap;
  }

  private insert(listing: Listing): void {
    this.listings.set(listing.id, listing);
    for (const passage of listing.passages) {
      this.owners.set(passage.row, { listing, passage });
      this.topRow = Math.max(this.topRow, passage.row);
    }
  }
}
