import { checksum } from "../checksum.ts";
import { closedError } from "../closed-error.ts";
import { PipitError } from "../errors.ts";
import type { IndexKind, IndexStats, NeighborQuery, Neighbors, RowBitmap, VectorIndex } from "../ports/vector-index.ts";
import { assertQuery, assertVectors, dotRow } from "../vector.ts";
import { Nearest } from "./nearest.ts";

const MAGIC = 0x45504950; // "PIPE"
const VERSION = 1;
const HEADER_BYTES = 64;

/** Compares the query with every row. It is the truth that approximate indexes are measured by, and fast enough for some thousand rows. */
export const exactIndex: IndexKind = {
  name: "exact",
  create: async (dimensions) => new ExactIndex(dimensions),
  open: async (snapshot, dimensions) => ExactIndex.open(snapshot, dimensions),
};

class ExactIndex implements VectorIndex {
  readonly #dimensions: number;
  #rows = new Uint32Array(0);
  #vectors = new Float32Array(0);
  #slots = new Map<number, number>();
  #count = 0;
  #closed = false;

  constructor(dimensions: number) {
    this.#dimensions = dimensions;
  }

  async add(rows: Uint32Array, vectors: Float32Array): Promise<void> {
    this.#assertOpen();
    const given = assertVectors(vectors, this.#dimensions);
    if (given !== rows.length) throw mismatch(rows.length, given);
    this.#reserve(this.#count + rows.length);
    rows.forEach((row, i) => {
      const vector = vectors.subarray(i * this.#dimensions, (i + 1) * this.#dimensions);
      this.#vectors.set(vector, this.#slotFor(row) * this.#dimensions);
    });
  }

  async remove(rows: Uint32Array): Promise<number> {
    this.#assertOpen();
    return rows.reduce((removed, row) => removed + (this.#removeOne(row) ? 1 : 0), 0);
  }

  async search(query: Float32Array, { k, filter }: NeighborQuery): Promise<Neighbors> {
    this.#assertOpen();
    assertQuery(query, this.#dimensions);
    assertK(k);
    const nearest = new Nearest(k);
    for (let slot = 0; slot < this.#count; slot++) {
      const row = this.#rows[slot]!;
      if (filter && !allows(filter, row)) continue;
      nearest.offer(row, 1 - dotRow(query, this.#vectors, slot));
    }
    return nearest.neighbors();
  }

  stats(): IndexStats {
    const bytes = this.#vectors.byteLength + this.#rows.byteLength;
    return { kind: exactIndex.name, count: this.#count, dimensions: this.#dimensions, bytes, recall: 1 };
  }

  /** Layout: u32 magic, version, dimensions, count, checksum; padding to 64 bytes; u32 rows; f32 vectors. Little-endian. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    this.#assertOpen();
    const count = this.#count;
    const dimensions = this.#dimensions;
    const bytes = new Uint8Array(HEADER_BYTES + count * 4 + count * dimensions * 4);
    new Uint32Array(bytes.buffer, HEADER_BYTES, count).set(this.#rows.subarray(0, count));
    const vectors = new Float32Array(bytes.buffer, HEADER_BYTES + count * 4, count * dimensions);
    vectors.set(this.#vectors.subarray(0, count * dimensions));
    const header = new Uint32Array(bytes.buffer, 0, 5);
    header.set([MAGIC, VERSION, dimensions, count, checksum(bytes.subarray(HEADER_BYTES))]);
    return bytes;
  }

  static open(snapshot: Uint8Array, dimensions: number): ExactIndex {
    // A copy, because the views need alignment and the snapshot may be a part of a larger buffer.
    const bytes = snapshot.slice();
    const [magic, version, width, count, sum] = readHeader(bytes);
    if (magic !== MAGIC) throw badSnapshot("data that does not begin with PIPE", "a snapshot of an exact index");
    if (version !== VERSION) throw badSnapshot(`v${version}`, `v${VERSION}`);
    if (width !== dimensions) throw badSnapshot(`vectors of ${width} values`, `${dimensions}`);
    const expected = HEADER_BYTES + count * 4 + count * dimensions * 4;
    if (bytes.length !== expected) throw badSnapshot(`${bytes.length} bytes`, `${expected}`);
    if (checksum(bytes.subarray(HEADER_BYTES)) !== sum) throw badSnapshot("a checksum that differs", "the one written");
    const index = new ExactIndex(dimensions);
    index.#rows = new Uint32Array(bytes.buffer, HEADER_BYTES, count);
    index.#vectors = new Float32Array(bytes.buffer, HEADER_BYTES + count * 4, count * dimensions);
    index.#count = count;
    for (let slot = 0; slot < count; slot++) index.#slots.set(index.#rows[slot]!, slot);
    return index;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#rows = new Uint32Array(0);
    this.#vectors = new Float32Array(0);
    this.#slots.clear();
    this.#count = 0;
  }

  #slotFor(row: number): number {
    const present = this.#slots.get(row);
    if (present !== undefined) return present;
    const slot = this.#count++;
    this.#rows[slot] = row;
    this.#slots.set(row, slot);
    return slot;
  }

  // The last row moves into the gap, so that the scan stays dense.
  #removeOne(row: number): boolean {
    const slot = this.#slots.get(row);
    if (slot === undefined) return false;
    const last = --this.#count;
    const moved = this.#rows[last]!;
    this.#rows[slot] = moved;
    this.#vectors.copyWithin(slot * this.#dimensions, last * this.#dimensions, (last + 1) * this.#dimensions);
    this.#slots.set(moved, slot);
    this.#slots.delete(row);
    return true;
  }

  #reserve(rows: number): void {
    if (rows <= this.#rows.length) return;
    const capacity = Math.max(rows, this.#rows.length * 2, 64);
    const grownRows = new Uint32Array(capacity);
    const grownVectors = new Float32Array(capacity * this.#dimensions);
    grownRows.set(this.#rows);
    grownVectors.set(this.#vectors);
    this.#rows = grownRows;
    this.#vectors = grownVectors;
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw closedError("index", "collection");
  }
}

function allows(filter: RowBitmap, row: number): boolean {
  return ((filter[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): [number, number, number, number, number] {
  if (bytes.length < HEADER_BYTES) throw badSnapshot(`${bytes.length} bytes`, `at least ${HEADER_BYTES}`);
  const [magic = 0, version = 0, width = 0, count = 0, sum = 0] = new Uint32Array(bytes.buffer, 0, 5);
  return [magic, version, width, count, sum];
}

function assertK(k: number): void {
  if (Number.isInteger(k) && k >= 1) return;
  throw new PipitError("bad-input", {
    got: `k of ${k}`,
    expected: "a whole number from 1",
    do: "Ask for at least one neighbour.",
  });
}

function mismatch(rows: number, vectors: number): PipitError {
  return new PipitError("bad-input", {
    got: `${rows} rows with ${vectors} vectors`,
    expected: "one vector a row",
    do: "Pass as many vectors as rows; nothing was added.",
  });
}

function badSnapshot(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", {
    got,
    expected,
    do: "Rebuild the index from its entries; they are the truth.",
  });
}
