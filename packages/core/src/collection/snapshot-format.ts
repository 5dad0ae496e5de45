import { Checksum } from "../checksum.ts";
import { PipitError } from "../errors.ts";

/** What every version of a snapshot has in its first 64 bytes. */
export interface SnapshotHeader {
  readonly sequence: number;
  readonly space: string;
  /** `createdAt` of the store. 0 in snapshots of older versions. */
  readonly storeCreatedAt: number;
}

export interface CollectionSnapshot extends SnapshotHeader {
  /** The bytes of each section by its name. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
}

/** A section to be written. `bytes` was counted when the pieces were made: views of memory that moves since become empty. */
export interface SavedSection {
  readonly bytes: number;
  readonly pieces: readonly Uint8Array[];
}

export function savedSection(pieces: Iterable<Uint8Array>): SavedSection {
  const list = [...pieces];
  return { bytes: list.reduce((sum, piece) => sum + piece.length, 0), pieces: list };
}

/** The section of the directory, which every snapshot has. */
export const DIRECTORY = "directory";

export const SNAPSHOT = { magic: 0x43504950, headBytes: 64, checksumAt: 12 };

export function headerIn(bytes: Uint8Array): SnapshotHeader {
  const fields = viewOf(bytes);
  return {
    storeCreatedAt: fields.getFloat64(16, true),
    sequence: fields.getFloat64(24, true),
    space: new TextDecoder().decode(bytes.subarray(32, SNAPSHOT.headBytes)),
  };
}

/** The checksum of a head, with 0 in its own place, and of bytes after it. */
export function sumOf(head: Uint8Array, after: Uint8Array = new Uint8Array()): number {
  // Not `slice`: of a Buffer that is no copy.
  const unsigned = Uint8Array.from(head);
  viewOf(unsigned).setUint32(SNAPSHOT.checksumAt, 0, true);
  const sum = new Checksum();
  sum.add(unsigned);
  sum.add(after);
  return sum.value;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function badSnapshot(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Rebuild it from the store; nothing is lost." });
}
