import { PipitError } from "@pipit/core";
import { type GraphShape, MAX_DIMENSIONS } from "./parameters.ts";
import { ARRAYS, HEADER_BYTES, type SearchKernel } from "./search-kernel.ts";

/**
 * A snapshot, little-endian: the kernel's header block of 128 bytes, then its arrays, each from the next multiple of 64.
 *
 *   0 "PIPX"   4 version   8 checksum u64 over everything, itself as zeros   16 dimensions   20 m   24 efConstruction
 *   32 random state u64   40 slots   44 rows   48 tower blocks   52 entry   56 top level   60, 64 first free ones
 *   68 flags: 1 = exact f32 vectors are kept
 *
 *   nodes (slots), rows (slots), vectors (slots), tower blocks
 */
const MAGIC = 0x58504950;
const VERSION = 1;
const EXACT_VECTORS = 1;
const AT = {
  magic: 0,
  version: 4,
  checksum: 8,
  dimensions: 16,
  m: 20,
  efConstruction: 24,
  slots: 40,
  towers: 48,
  flags: 68,
};
const ALIGNMENT = 64;

export function takeSnapshot(kernel: SearchKernel): Uint8Array<ArrayBuffer> {
  const sections = sectionsOf(kernel, kernel.slots, kernel.towers);
  const bytes = new Uint8Array(sections.end);
  const view = new DataView(bytes.buffer);
  kernel.readHeader(bytes.subarray(0, HEADER_BYTES));
  view.setUint32(AT.magic, MAGIC, true);
  view.setUint32(AT.version, VERSION, true);
  view.setUint32(AT.flags, EXACT_VECTORS, true);
  view.setBigUint64(AT.checksum, 0n, true);
  for (const { array, from, to } of sections.list) kernel.readArray(array, bytes.subarray(from, to));
  view.setBigUint64(AT.checksum, kernel.checksum(bytes), true);
  return bytes;
}

/** What the snapshot's graph was built by. Throws `bad-snapshot` when this is no snapshot that can be read here. */
export function readShape(snapshot: Uint8Array, dimensions: number): GraphShape {
  if (snapshot.length < HEADER_BYTES) throw badSnapshot(`${snapshot.length} bytes`, `at least ${HEADER_BYTES}`);
  const word = wordsOf(snapshot);
  if (word(AT.magic) !== MAGIC) throw badSnapshot("data that does not begin with PIPX", "a snapshot of an HNSW index");
  if (word(AT.version) !== VERSION) throw badSnapshot(`v${word(AT.version)}`, `v${VERSION}`);
  if (word(AT.flags) !== EXACT_VECTORS) throw badSnapshot(`flags ${word(AT.flags)}`, `${EXACT_VECTORS}`);
  const [width, m, efConstruction] = [word(AT.dimensions), word(AT.m), word(AT.efConstruction)];
  if (width !== dimensions) throw badSnapshot(`vectors of ${width} values`, `${dimensions}`);
  const isBuildable =
    dimensions <= MAX_DIMENSIONS && m >= 2 && m <= 64 && efConstruction >= 1 && efConstruction <= 4096;
  if (!isBuildable) throw badSnapshot(`m ${m}, efConstruction ${efConstruction}`, "parameters of a graph");
  return { dimensions, m, efConstruction, seed: 0 };
}

/** Fills a new kernel of the snapshot's shape. Throws `bad-snapshot` when the bytes are not those that were saved. */
export function restore(kernel: SearchKernel, snapshot: Uint8Array): void {
  const word = wordsOf(snapshot);
  const sections = sectionsOf(kernel, word(AT.slots), word(AT.towers));
  if (snapshot.length !== sections.end) throw badSnapshot(`${snapshot.length} bytes`, `${sections.end}`);
  const bytes = snapshot.slice();
  const view = new DataView(bytes.buffer);
  const written = view.getBigUint64(AT.checksum, true);
  view.setBigUint64(AT.checksum, 0n, true);
  if (kernel.checksum(bytes) !== written) throw badSnapshot("a checksum that differs", "the one written");
  const arrays = sections.list.map(({ from, to }) => bytes.subarray(from, to));
  if (!kernel.fill(bytes.subarray(0, HEADER_BYTES), arrays)) throw badSnapshot("links that lead nowhere", "a graph");
}

function sectionsOf(kernel: SearchKernel, slots: number, towers: number) {
  let end = HEADER_BYTES;
  const list = Object.values(ARRAYS).map((array) => {
    const from = end;
    const to = from + kernel.itemBytes(array) * (array === ARRAYS.towers ? towers : slots);
    end = Math.ceil(to / ALIGNMENT) * ALIGNMENT;
    return { array, from, to };
  });
  return { list, end };
}

function wordsOf(snapshot: Uint8Array): (offset: number) => number {
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  return (offset) => view.getUint32(offset, true);
}

export function badSnapshot(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", {
    got,
    expected,
    do: "Rebuild the index from its entries; they are the truth.",
  });
}
