import { checksum } from "../checksum.ts";
import { PipitError } from "../errors.ts";
import type { Listing } from "./directory.ts";

/**
 * A collection's derived state in one buffer, so that opening needs neither the database's records nor a rebuild:
 *
 *   u32 magic "PIPC" | u32 version | u32 directory bytes | u32 index bytes | u32 checksum of all but itself
 *   f64 sequence covered, at byte 24 | 32 ASCII bytes of the space id, at byte 32
 *   directory (JSON, padded to 8 bytes) | the index's own snapshot
 *
 * It is a cache: anything wrong with it means "rebuild from the store", never a loss.
 */
export interface CollectionSnapshot {
  readonly sequence: number;
  readonly space: string;
  readonly listings: readonly Listing[];
  readonly index: Uint8Array;
}

const MAGIC = 0x43504950;
const VERSION = 1;
const HEADER_BYTES = 64;

export function writeSnapshot({ sequence, space, listings, index }: CollectionSnapshot): Uint8Array<ArrayBuffer> {
  const directory = new TextEncoder().encode(JSON.stringify(listings));
  const indexAt = align(HEADER_BYTES + directory.length);
  const bytes = new Uint8Array(indexAt + index.length);
  bytes.set(directory, HEADER_BYTES);
  bytes.set(index, indexAt);
  bytes.set(new TextEncoder().encode(space.slice(0, 32)), 32);
  const view = new DataView(bytes.buffer);
  view.setFloat64(24, sequence, true);
  [MAGIC, VERSION, directory.length, index.length].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  view.setUint32(16, checksumOf(bytes), true);
  return bytes;
}

/** Fails with `bad-snapshot` on anything torn, foreign or of another version. */
export function readSnapshot(bytes: Uint8Array): CollectionSnapshot {
  if (bytes.length < HEADER_BYTES) throw bad(`${bytes.length} bytes`, `at least ${HEADER_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad("data that does not begin with PIPC", "a collection snapshot");
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw bad(`v${version}`, `v${VERSION}`);
  const directoryBytes = view.getUint32(8, true);
  const indexAt = align(HEADER_BYTES + directoryBytes);
  if (checksumOf(bytes) !== view.getUint32(16, true)) throw bad("a checksum that differs", "the one written");
  const text = new TextDecoder();
  return {
    sequence: view.getFloat64(24, true),
    space: text.decode(bytes.subarray(32, HEADER_BYTES)),
    listings: JSON.parse(text.decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + directoryBytes))),
    index: bytes.subarray(indexAt),
  };
}

/** Over everything but itself, the lengths in the header too. */
function checksumOf(bytes: Uint8Array): number {
  return (checksum(bytes.subarray(0, 16)) ^ checksum(bytes.subarray(20))) >>> 0;
}

function align(offset: number): number {
  return (offset + 7) & ~7;
}

function bad(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Rebuild it from the store; nothing is lost." });
}
