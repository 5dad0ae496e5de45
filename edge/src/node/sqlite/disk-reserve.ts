import { closeSync, fstatSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const STEP_BYTES = 64 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A file beside a database that holds disk space in reserve. SQLite needs space even to delete: it writes, and it must first move a
 * pending log into the database file. The reserve is twice the database, 16 MB at most. No failure here reaches the caller: without a
 * reserve a full disk refuses removals.
 */
export class DiskReserve {
  readonly #path: string;
  /** The known size of the file. */
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reserves space for a database of `databaseBytes`, at most half of the free space. */
  keep(databaseBytes: number): void {
    const target = Math.min(MOST_BYTES, databaseBytes * 2);
    if (this.#bytes + STEP_BYTES > target) return;
    attempt(() => {
      const file = openSync(this.#path, "a");
      try {
        const size = fstatSync(file).size;
        this.#bytes = size;
        const { bavail, bsize } = statfsSync(dirname(this.#path));
        const missing = Math.min(target - size, (bavail * bsize) / 2);
        for (let steps = Math.floor(missing / STEP_BYTES); steps > 0; steps--) {
          this.#bytes += writeSync(file, STEP);
        }
      } finally {
        closeSync(file);
      }
    });
  }

  /** Frees the reserved space. */
  release(): void {
    attempt(() => rmSync(this.#path, { force: true }));
    this.#bytes = 0;
  }
}

// Not zeros, which some file systems store as a hole.
const STEP = new Uint8Array(STEP_BYTES).fill(0x55);

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The disk's own error appears in the write that needs the space.
  }
}
