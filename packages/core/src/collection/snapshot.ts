import { Checksum } from "../checksum.ts";
import { PipitError } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { Listing } from "./directory.ts";

/**
 * A collection's derived state in one buffer, so that opening needs neither the database's records nor a rebuild:
 *
 *   u32 magic "PIPC" | u32 version | u32 directory bytes | u32 checksum of this head, with 0 in its place, and the directory
 *   f64 when the store was made, at byte 16 | f64 sequence covered, at byte 24 | 32 ASCII bytes of the space id, at byte 32
 *   directory, lines of JSON arrays, padded to 8 bytes | the index's own snapshot, which has checksums of its own
 *
 * Version 2 has 0 at the checksum's place, and 4 bytes at the end: the checksum of all before them. Writing and reading yield to the
 * event loop.
 *
 * It is a cache: if anything in it is wrong, the state is built from the store again, and nothing is lost.
 */
interface SnapshotHeader {
  readonly sequence: number;
  readonly space: string;
  /** `createdAt` of the store. 0 in snapshots of older versions. */
  readonly storeCreatedAt: number;
}

export interface CollectionSnapshot extends SnapshotHeader {
  readonly listings: readonly Listing[];
  readonly index: Uint8Array;
}

/** The state that a snapshot is written from. It must not change until the last piece is written. */
export interface SnapshotSource extends SnapshotHeader {
  readonly listings: Iterable<Listing>;
  readonly index: Iterable<Uint8Array>;
}

const MAGIC = 0x43504950;
const VERSION = 3;
const HEADER_BYTES = 64;
const CHECKSUM_AT = 12;
/** At the end of a file of version 2. */
const TRAILER_BYTES = 4;
const LISTINGS_A_LINE = 256;
const MOST_PART_BYTES = 256 * 1024;
const NEW_LINE = 10;

export async function* snapshotPieces({ index, listings, ...header }: SnapshotSource): AsyncGenerator<Uint8Array> {
  const slices = new Slices();
  const lines: Uint8Array[] = [];
  for (const line of directoryLines(listings)) {
    lines.push(line);
    await slices.pause();
  }
  const bytes = lines.reduce((sum, line) => sum + line.length, 0);
  const head = [headerOf(header, bytes), ...lines, new Uint8Array(align(bytes) - bytes)];
  view(head[0]!).setUint32(CHECKSUM_AT, await checksumOf(head, slices), true);
  yield* head;
  for (const piece of index) {
    for (const part of partsOf(piece)) {
      yield part;
      await slices.pause();
    }
  }
}

function* directoryLines(listings: Iterable<Listing>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let line: Listing[] = [];
  for (const listing of listings) {
    if (line.push(listing) < LISTINGS_A_LINE) continue;
    yield encoder.encode(`${JSON.stringify(line)}\n`);
    line = [];
  }
  if (line.length > 0) yield encoder.encode(`${JSON.stringify(line)}\n`);
}

/** A piece of an index is a view of its memory. The view becomes empty when the memory grows. */
function* partsOf(piece: Uint8Array): Generator<Uint8Array> {
  const { length } = piece;
  for (let at = 0; at < length; at += MOST_PART_BYTES) {
    yield piece.subarray(at, at + MOST_PART_BYTES);
    // Checked after each part, because the caller copies the part only after it is yielded.
    if (piece.length !== length) throw bad("an index whose memory moved while it was saved", "one at rest");
  }
}

function headerOf({ sequence, space, storeCreatedAt }: SnapshotHeader, directoryBytes: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const fields = view(bytes);
  [MAGIC, VERSION, directoryBytes].forEach((value, i) => {
    fields.setUint32(i * 4, value, true);
  });
  fields.setFloat64(16, storeCreatedAt, true);
  fields.setFloat64(24, sequence, true);
  bytes.set(new TextEncoder().encode(space.slice(0, 32)), 32);
  return bytes;
}

/** Fails with `bad-snapshot` on anything torn, foreign or of another version. The index's opener checks the index's bytes. */
export async function readSnapshot(bytes: Uint8Array): Promise<CollectionSnapshot> {
  if (bytes.length < HEADER_BYTES) throw bad(`${bytes.length} bytes`, `at least ${HEADER_BYTES}`);
  const fields = view(bytes);
  if (fields.getUint32(0, true) !== MAGIC) throw bad("data that does not begin with PIPC", "a collection snapshot");
  const slices = new Slices();
  const directoryEnd = HEADER_BYTES + fields.getUint32(8, true);
  const indexAt = HEADER_BYTES + align(directoryEnd - HEADER_BYTES);
  const indexEnd = await checkedEnd(bytes, indexAt, slices);
  return {
    storeCreatedAt: fields.getFloat64(16, true),
    sequence: fields.getFloat64(24, true),
    space: new TextDecoder().decode(bytes.subarray(32, HEADER_BYTES)),
    listings: await readDirectory(bytes.subarray(HEADER_BYTES, directoryEnd), slices),
    index: bytes.subarray(indexAt, indexEnd),
  };
}

/** The end of the index's bytes, if the checksum is right. */
async function checkedEnd(bytes: Uint8Array, indexAt: number, slices: Slices): Promise<number> {
  const fields = view(bytes);
  const version = fields.getUint32(4, true);
  if (version !== VERSION && version !== VERSION - 1) throw bad(`v${version}`, `v${VERSION}`);
  const isOlder = version !== VERSION;
  const end = isOlder ? bytes.length - TRAILER_BYTES : bytes.length;
  if (end < indexAt) throw bad(`${bytes.length} bytes`, `at least ${indexAt}`);
  // Not `slice`: of a Buffer that is no copy.
  const head = Uint8Array.from(bytes.subarray(0, HEADER_BYTES));
  const expected = isOlder ? fields.getUint32(end, true) : fields.getUint32(CHECKSUM_AT, true);
  view(head).setUint32(CHECKSUM_AT, 0, true);
  const sum = await checksumOf([head, bytes.subarray(HEADER_BYTES, isOlder ? end : indexAt)], slices);
  if (sum !== expected) throw bad("a checksum that differs", "the one written");
  return end;
}

async function checksumOf(pieces: readonly Uint8Array[], slices: Slices): Promise<number> {
  const sum = new Checksum();
  for (const piece of pieces) {
    for (const part of partsOf(piece)) {
      sum.add(part);
      await slices.pause();
    }
  }
  return sum.value;
}

async function readDirectory(bytes: Uint8Array, slices: Slices): Promise<Listing[]> {
  const decoder = new TextDecoder();
  const listings: Listing[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEW_LINE, at);
    for (const listing of JSON.parse(decoder.decode(bytes.subarray(at, end)))) listings.push(listing);
    at = end + 1;
    await slices.pause();
  }
  return listings;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function align(offset: number): number {
  return (offset + 7) & ~7;
}

function bad(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Rebuild it from the store; nothing is lost." });
}
