import { Checksum } from "../checksum.ts";
import { PipitError } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { Listing } from "./directory.ts";

/**
 * A collection's derived state in one buffer, so that opening needs neither the database's records nor a rebuild:
 *
 *   u32 magic "PIPC" | u32 version | u32 directory bytes | 4 bytes of zero
 *   f64 when the store was made, at byte 16 | f64 sequence covered, at byte 24 | 32 ASCII bytes of the space id, at byte 32
 *   directory, lines of JSON arrays, padded to 8 bytes | the index's own snapshot | u32 checksum of all before it
 *
 * The checksum is last, so that the file can be written in pieces. Writing and reading yield to the event loop.
 *
 * It is a cache: anything wrong with it means "rebuild from the store", never a loss.
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
const VERSION = 2;
const HEADER_BYTES = 64;
const CHECKSUM_BYTES = 4;
const LISTINGS_A_LINE = 256;
const MOST_PIECE_BYTES = 256 * 1024;
const NEW_LINE = 10;

export async function* snapshotPieces({ index, ...source }: SnapshotSource): AsyncGenerator<Uint8Array> {
  const slices = new Slices();
  const checksum = new Checksum();
  for await (const piece of wholePieces(source, index, slices)) {
    checksum.add(piece);
    yield piece;
    await slices.pause();
  }
  const last = new Uint8Array(CHECKSUM_BYTES);
  new DataView(last.buffer).setUint32(0, checksum.value, true);
  yield last;
}

async function* wholePieces(
  { listings, ...header }: Omit<SnapshotSource, "index">,
  index: Iterable<Uint8Array>,
  slices: Slices,
): AsyncGenerator<Uint8Array> {
  const lines: Uint8Array[] = [];
  for (const line of directoryLines(listings)) {
    lines.push(line);
    await slices.pause();
  }
  const bytes = lines.reduce((sum, line) => sum + line.length, 0);
  yield headerOf(header, bytes);
  yield* lines;
  yield new Uint8Array(align(bytes) - bytes);
  for (const piece of index) yield* partsOf(piece);
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

/** A piece of an index is a view of its memory. The view becomes invalid when the memory grows. */
function* partsOf(piece: Uint8Array): Generator<Uint8Array> {
  const { length } = piece;
  for (let at = 0; at < length; at += MOST_PIECE_BYTES) {
    if (piece.length !== length) throw bad("an index whose memory moved while it was saved", "one at rest");
    yield piece.slice(at, at + MOST_PIECE_BYTES);
  }
}

function headerOf({ sequence, space, storeCreatedAt }: SnapshotHeader, directoryBytes: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  [MAGIC, VERSION, directoryBytes].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  view.setFloat64(16, storeCreatedAt, true);
  view.setFloat64(24, sequence, true);
  bytes.set(new TextEncoder().encode(space.slice(0, 32)), 32);
  return bytes;
}

/** Fails with `bad-snapshot` on anything torn, foreign or of another version. */
export async function readSnapshot(bytes: Uint8Array): Promise<CollectionSnapshot> {
  if (bytes.length < HEADER_BYTES + CHECKSUM_BYTES) throw bad(`${bytes.length} bytes`, `at least ${HEADER_BYTES}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw bad("data that does not begin with PIPC", "a collection snapshot");
  const version = view.getUint32(4, true);
  if (version !== VERSION) throw bad(`v${version}`, `v${VERSION}`);
  const end = bytes.length - CHECKSUM_BYTES;
  const slices = new Slices();
  await assertChecksum(bytes.subarray(0, end), view.getUint32(end, true), slices);
  const directoryEnd = HEADER_BYTES + view.getUint32(8, true);
  return {
    storeCreatedAt: view.getFloat64(16, true),
    sequence: view.getFloat64(24, true),
    space: new TextDecoder().decode(bytes.subarray(32, HEADER_BYTES)),
    listings: await readDirectory(bytes.subarray(HEADER_BYTES, directoryEnd), slices),
    index: bytes.subarray(HEADER_BYTES + align(directoryEnd - HEADER_BYTES), end),
  };
}

async function assertChecksum(bytes: Uint8Array, expected: number, slices: Slices): Promise<void> {
  const checksum = new Checksum();
  for (let at = 0; at < bytes.length; at += MOST_PIECE_BYTES) {
    checksum.add(bytes.subarray(at, at + MOST_PIECE_BYTES));
    await slices.pause();
  }
  if (checksum.value !== expected) throw bad("a checksum that differs", "the one written");
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

function align(offset: number): number {
  return (offset + 7) & ~7;
}

function bad(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Rebuild it from the store; nothing is lost." });
}
