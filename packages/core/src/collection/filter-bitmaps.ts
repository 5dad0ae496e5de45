import type { RowBitmap } from "../ports/vector-index.ts";
import type { Filter } from "../search/filter.ts";
import { plainFilter } from "../search/plain-filter.ts";

const MOST_BYTES = 4 * 1024 * 1024;

interface Kept {
  readonly key: string;
  readonly bitmap: RowBitmap;
  /** Searches that read it now. */
  readers: number;
  dropped: boolean;
}

/** Writes the rows that a filter allows into the memory of an old bitmap, or into new memory where that does not fit. */
export type MakeBitmap = (plain: Filter, memory: RowBitmap | undefined) => RowBitmap;

/**
 * The bitmaps of filters, because someone who types asks with one filter again and again. A key is the text of the plain filter,
 * which no other filter shares. Bitmaps are true of one state of the collection: `clear` on every change. The least recently
 * used make room, and their memory serves the next, because thousands of filters in a row would wait for the garbage collector.
 */
export class FilterBitmaps {
  private readonly kept = new Map<string, Kept>();
  private readonly mostBytes: number;
  private bytes = 0;
  private spare: RowBitmap | undefined;

  constructor(mostBytes = MOST_BYTES) {
    this.mostBytes = mostBytes;
  }

  /** The bitmap does not change while `read` runs. */
  async reading<T>(filter: Filter, make: MakeBitmap, read: (bitmap: RowBitmap) => Promise<T>): Promise<T> {
    const kept = this.take(plainFilter(filter), make);
    kept.readers++;
    this.makeRoom();
    try {
      return await read(kept.bitmap);
    } finally {
      kept.readers--;
      this.reuse(kept);
    }
  }

  clear(): void {
    for (const kept of this.kept.values()) this.drop(kept);
  }

  private take(plain: Filter, make: MakeBitmap): Kept {
    const key = JSON.stringify(plain);
    const known = this.kept.get(key);
    if (known) this.kept.delete(key);
    const kept = known ?? this.added(key, make(plain, this.spare));
    this.kept.set(key, kept);
    return kept;
  }

  private added(key: string, bitmap: RowBitmap): Kept {
    if (bitmap === this.spare) this.spare = undefined;
    this.bytes += sizeOf(key, bitmap);
    return { key, bitmap, readers: 0, dropped: false };
  }

  private makeRoom(): void {
    for (const oldest of this.kept.values()) {
      if (this.bytes <= this.mostBytes) return;
      this.drop(oldest);
    }
  }

  private drop(kept: Kept): void {
    this.kept.delete(kept.key);
    this.bytes -= sizeOf(kept.key, kept.bitmap);
    kept.dropped = true;
    this.reuse(kept);
  }

  private reuse({ dropped, readers, bitmap }: Kept): void {
    if (dropped && readers === 0) this.spare = bitmap;
  }
}

function sizeOf(key: string, bitmap: RowBitmap): number {
  return 2 * key.length + bitmap.byteLength;
}
