import type { PipitError } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import { readOlderSnapshot } from "./older-snapshot.ts";
import {
  badSnapshot,
  type CollectionSnapshot,
  headerIn,
  type SavedSection,
  SNAPSHOT,
  type SnapshotHeader,
  sumOf,
  viewOf,
} from "./snapshot-format.ts";

/** The state that a snapshot is written from. It must not change until the last piece is written. */
export interface SnapshotSource extends SnapshotHeader {
  readonly sections: ReadonlyMap<string, SavedSection>;
}

/**
 * The derived state of a collection in one buffer, so that opening needs neither the database's records nor a rebuild:
 *
 *   u32 magic "PIPC" | u32 version | u32 sections | u32 checksum of head and table, with 0 in its place
 *   f64 when the store was made, at byte 16 | f64 sequence covered, at byte 24 | 32 ASCII bytes of the space id, at byte 32
 *   the table at byte 64: for each section its name in 24 ASCII bytes and its length as f64
 *   the sections, each from a multiple of 64
 *
 * A section has checksums of its own, so that one that is torn is made again alone. Writing and reading yield to the event loop.
 *
 * It is a cache: if anything in it is wrong, the state is built from the store again, and nothing is lost.
 */
const VERSION = 4;
const HEAD_BYTES = SNAPSHOT.headBytes;
const ROW_BYTES = 32;
const NAME_BYTES = 24;
const MOST_SECTIONS = 64;
const MOST_PART_BYTES = 256 * 1024;

export async function* snapshotPieces({ sections, ...header }: SnapshotSource): AsyncGenerator<Uint8Array> {
  const slices = new Slices();
  const head = headOf(header, sections);
  yield head;
  let at = head.length;
  for (const { bytes, pieces } of sections.values()) {
    yield new Uint8Array(aligned(at) - at);
    at = aligned(at) + bytes;
    let written = 0;
    for (const piece of pieces) {
      for (const part of partsOf(piece)) {
        written += part.length;
        yield part;
        await slices.pause();
      }
    }
    if (written !== bytes) throw moved();
  }
}

/** A piece of an index is a view of its memory. The view becomes empty when the memory grows. */
function* partsOf(piece: Uint8Array): Generator<Uint8Array> {
  const { length } = piece;
  for (let at = 0; at < length; at += MOST_PART_BYTES) {
    yield piece.subarray(at, at + MOST_PART_BYTES);
    // Checked after each part, because the caller copies the part only after it is yielded.
    if (piece.length !== length) throw moved();
  }
}

function moved(): PipitError {
  return badSnapshot("an index whose memory moved while it was saved", "one at rest");
}

function headOf(
  { sequence, space, storeCreatedAt }: SnapshotHeader,
  sections: SnapshotSource["sections"],
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES + sections.size * ROW_BYTES);
  const fields = viewOf(bytes);
  const encoder = new TextEncoder();
  for (const [i, value] of [SNAPSHOT.magic, VERSION, sections.size].entries()) fields.setUint32(4 * i, value, true);
  fields.setFloat64(16, storeCreatedAt, true);
  fields.setFloat64(24, sequence, true);
  bytes.set(encoder.encode(space.slice(0, 32)), 32);
  for (const [i, [name, section]] of [...sections].entries()) {
    const at = HEAD_BYTES + i * ROW_BYTES;
    bytes.set(encoder.encode(name).subarray(0, NAME_BYTES), at);
    fields.setFloat64(at + NAME_BYTES, section.bytes, true);
  }
  fields.setUint32(SNAPSHOT.checksumAt, sumOf(bytes), true);
  return bytes;
}

/**
 * Fails with `bad-snapshot` if head or table are torn, foreign or of another version. The sections are checked by those who open
 * them. A snapshot of version 2 or 3 is read as one without the sections that it lacks.
 */
export async function readSnapshot(bytes: Uint8Array): Promise<CollectionSnapshot> {
  if (bytes.length < HEAD_BYTES) throw badSnapshot(`${bytes.length} bytes`, `at least ${HEAD_BYTES}`);
  const fields = viewOf(bytes);
  if (fields.getUint32(0, true) !== SNAPSHOT.magic)
    throw badSnapshot("data that does not begin with PIPC", "a collection snapshot");
  const version = fields.getUint32(4, true);
  if (version === 2 || version === 3) return readOlderSnapshot(bytes, version);
  if (version !== VERSION) throw badSnapshot(`v${version}`, `v${VERSION}`);
  const count = fields.getUint32(8, true);
  const end = HEAD_BYTES + count * ROW_BYTES;
  if (count > MOST_SECTIONS || bytes.length < end)
    throw badSnapshot(`${bytes.length} bytes`, `a table of ${count} sections`);
  if (sumOf(bytes.subarray(0, end)) !== fields.getUint32(SNAPSHOT.checksumAt, true))
    throw badSnapshot("a checksum that differs", "the one written");
  return { ...headerIn(bytes), sections: sectionsIn(bytes, count) };
}

/** The end of a section may be cut off; its checksum tells. */
function sectionsIn(bytes: Uint8Array, count: number): Map<string, Uint8Array> {
  const sections = new Map<string, Uint8Array>();
  let from = HEAD_BYTES + count * ROW_BYTES;
  for (let i = 0; i < count; i++) {
    const at = HEAD_BYTES + i * ROW_BYTES;
    const name = new TextDecoder().decode(bytes.subarray(at, at + NAME_BYTES)).replace(/\0+$/, "");
    const start = aligned(from);
    from = start + viewOf(bytes).getFloat64(at + NAME_BYTES, true);
    sections.set(name, bytes.subarray(start, from));
  }
  return sections;
}

function aligned(offset: number): number {
  return Math.ceil(offset / 64) * 64;
}
