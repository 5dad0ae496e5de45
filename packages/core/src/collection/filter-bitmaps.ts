import { plainFilter } from "../checks/plain-filter.ts";
import { throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { Filter } from "../ports/filter.ts";
import type { RowBitmap } from "../ports/vector-index.ts";

const MOST_BYTES = 4 * 1024 * 1024;

interface Kept {
  readonly key: string;
  readonly bitmap: RowBitmap;
  /** The number of searches that read it now. */
  readers: number;
  dropped: boolean;
}

/**
 * Writes the rows that a filter allows into the memory of an old bitmap, or into new memory if that does not fit. Other work may
 * run at each stop. The finished bitmap is right for the collection as it is then.
 */
export type MakeBitmap = (plain: Filter, memory: RowBitmap | undefined) => Generator<void, RowBitmap>;

interface Reading<T> {
  readonly make: MakeBitmap;
  readonly read: (bitmap: RowBitmap) => Promise<T>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A cache of the bitmaps of filters, for a user who types one search after another with the same filter. The key is the JSON text of the
 * plain filter. Bitmaps are valid for one state of the collection: call `clear` on every change. The least recently used bitmap
 * is evicted first, and its memory is reused, because thousands of different filters would otherwise wait for garbage collection.
 */
export class FilterBitmaps {
  readonly #kept = new Map<string, Kept>();
  readonly #mostBytes: number;
  #bytes = 0;
  #spare: RowBitmap | undefined;
  /** The number of times that the collection changed. */
  #changes = 0;

  constructor(mostBytes = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Calls `read` with the filter's bitmap. The bitmap is right when `read` begins, and does not change while it runs. */
  async reading<T>(filter: Filter, { make, read, signal }: Reading<T>): Promise<T> {
    const plain = plainFilter(filter);
    const key = JSON.stringify(plain);
    let kept = this.#known(key);
    if (!kept) {
      const changes = this.#changes;
      const making = make(plain, this.#takeSpare());
      const slices = new Slices();
      let step = making.next();
      while (!step.done) {
        await slices.pause();
        throwIfAborted(signal);
        step = making.next();
      }
      // Nothing else may run from here until `read` is called.
      kept = this.#added(key, step.value, changes);
    }
    kept.readers++;
    this.#makeRoom();
    try {
      return await read(kept.bitmap);
    } finally {
      kept.readers--;
      this.#reuse(kept);
    }
  }

  clear(): void {
    this.#changes++;
    for (const kept of this.#kept.values()) this.#drop(kept);
  }

  #known(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  /** A bitmap is not cached if the collection changed while it was made, or if another search has cached the same one. */
  #added(key: string, bitmap: RowBitmap, changes: number): Kept {
    const dropped = changes !== this.#changes || this.#kept.has(key);
    const kept = { key, bitmap, readers: 0, dropped };
    if (dropped) return kept;
    this.#kept.set(key, kept);
    this.#bytes += sizeOf(key, bitmap);
    return kept;
  }

  #takeSpare(): RowBitmap | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  #makeRoom(): void {
    for (const oldest of this.#kept.values()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(kept: Kept): void {
    this.#kept.delete(kept.key);
    this.#bytes -= sizeOf(kept.key, kept.bitmap);
    kept.dropped = true;
    this.#reuse(kept);
  }

  #reuse({ dropped, readers, bitmap }: Kept): void {
    if (dropped && readers === 0) this.#spare = bitmap;
  }
}

function sizeOf(key: string, bitmap: RowBitmap): number {
  return 2 * key.length + bitmap.byteLength;
}
