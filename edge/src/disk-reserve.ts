import { closeSync, fstatSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const STEP_BYTES = 64 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A file beside a database that takes room, so that a full disk has some to give: SQLite deletes by writing, and a log that
 * could not be brought into the database's file before has to be first. As large as twice the database until that is enough.
 * Nothing here fails: without a reserve a full disk refuses removals, as it would have.
 */
export class DiskReserve {
  private readonly path: string;
  private bytes: number | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Takes room for a database of so many bytes, and no more than half of what is free. */
  keep(databaseBytes: number): void {
    const wanted = Math.min(MOST_BYTES, databaseBytes * 2);
    if (this.bytes !== undefined && this.bytes + STEP_BYTES > wanted) return;
    attempt(() => {
      const file = openSync(this.path, "a");
      try {
        const size = fstatSync(file).size;
        this.bytes = size;
        const { bavail, bsize } = statfsSync(dirname(this.path));
        const missing = Math.min(wanted - size, (bavail * bsize) / 2);
        for (let steps = Math.floor(missing / STEP_BYTES); steps > 0; steps--) {
          this.bytes += writeSync(file, STEP);
        }
      } finally {
        closeSync(file);
      }
    });
  }

  /** Gives the room back to the disk. */
  release(): void {
    attempt(() => rmSync(this.path, { force: true }));
    this.bytes = undefined;
  }
}

// No zeros, which some file systems store as a hole.
const STEP = new Uint8Array(STEP_BYTES).fill(0x55);

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // A reserve is a precaution; the disk's own error shows with the write that needs the room.
  }
}
