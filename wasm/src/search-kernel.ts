import { type Neighbors, PipitError } from "@pipit/core";
import type { GraphShape } from "./parameters.ts";

/**
 * The only file that knows addresses in the kernel's memory; assembly/search/layout.ts draws the map. Views are made
 * for one copy and dropped, since memory may grow, and a grown memory leaves its old views empty.
 *
 * The exports, all of numbers: `configure` once; `stage(bytes)` gives a place to write input to; `reserve`, `insert`,
 * `remove` and `search` work on it; `itemAddress`, `itemBytes` and `itemRun` show the four arrays that a snapshot is
 * made of; `reserveAll` and `isSound` stand before and after filling these from one; `beginHash`, `hashStaged` and
 * `endHash` make its checksum; `slotLevel` and `slotLinks` show the graph.
 */
interface Exports {
  configure(dimensions: number, m: number, buildWidth: number, seed: number): number;
  stage(bytes: number): number;
  reserve(rows: number): number;
  insert(row: number, index: number): number;
  remove(slot: number): void;
  search(k: number, ef: number, words: number): number;
  readonly hitRows: WebAssembly.Global;
  readonly hitDistances: WebAssembly.Global;
  beginHash(): void;
  hashStaged(bytes: number): void;
  endHash(): bigint;
  reserveAll(slots: number, towers: number): number;
  itemAddress(array: number, item: number): number;
  itemBytes(array: number): number;
  itemRun(array: number): number;
  isSound(): number;
  slotLevel(slot: number): number;
  slotLinks(slot: number, level: number): number;
}

/** The kernel's arrays in the order in which a snapshot holds them. */
export const ARRAYS = { nodes: 0, rows: 1, vectors: 2, towers: 3 } as const;
export type ArrayNumber = (typeof ARRAYS)[keyof typeof ARRAYS];

export interface Search {
  readonly k: number;
  readonly ef: number;
  readonly filter?: Uint32Array | undefined;
}

export const HEADER_BYTES = 128;
const HEADER = 1024;
const SLOTS = HEADER + 40;
const COUNT = HEADER + 44;
const TOWERS = HEADER + 48;
const PAGE_BYTES = 65536;
const FIRST_PAGES = 3;
const FULL = 0xffffffff;
const NONE = 0xffffffff;
const STAGE_BYTES = 1 << 18;

export class SearchKernel {
  private readonly memory: WebAssembly.Memory;
  private readonly exports: Exports;
  private readonly dimensions: number;

  constructor(module: WebAssembly.Module, shape: GraphShape, maxBytes: number) {
    const maximum = Math.floor(maxBytes / PAGE_BYTES);
    this.memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum });
    this.exports = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports as unknown as Exports;
    this.dimensions = shape.dimensions;
    this.orFull(this.exports.configure(shape.dimensions, shape.m, shape.efConstruction, shape.seed));
    // Held from the start, so that later calls of ordinary size never find memory full half-way.
    this.stage(Math.max(STAGE_BYTES, shape.dimensions * 8));
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  get count(): number {
    return this.word(COUNT);
  }

  /** Slots ever used, the free ones among them. */
  get slots(): number {
    return this.word(SLOTS);
  }

  get towers(): number {
    return this.word(TOWERS);
  }

  /** Makes room for so many rows more, or throws `storage-full` with everything as it was. */
  reserve(rows: number): void {
    this.orFull(this.exports.reserve(rows));
  }

  /** Vectors that one staging takes. */
  get batch(): number {
    return Math.max(1, Math.floor(STAGE_BYTES / (this.dimensions * 4)));
  }

  stageVectors(vectors: Float32Array): void {
    new Float32Array(this.memory.buffer, this.stage(vectors.byteLength), vectors.length).set(vectors);
  }

  /** Adds the staged vector of that number; answers its slot. */
  insert(row: number, index: number): number {
    return this.exports.insert(row, index) >>> 0;
  }

  remove(slot: number): void {
    this.exports.remove(slot);
  }

  search(query: Float32Array, { k, ef, filter }: Search): Neighbors {
    const filterOffset = Math.ceil(query.length / 4) * 16;
    const address = this.stage(filterOffset + (filter?.byteLength ?? 0));
    new Float32Array(this.memory.buffer, address, query.length).set(query);
    if (filter) new Uint32Array(this.memory.buffer, address + filterOffset, filter.length).set(filter);
    const count = this.orFull(this.exports.search(k, ef, filter ? filter.length : NONE));
    return {
      rows: new Uint32Array(this.memory.buffer, this.exports.hitRows.value >>> 0, count).slice(),
      distances: new Float32Array(this.memory.buffer, this.exports.hitDistances.value >>> 0, count).slice(),
    };
  }

  /** The header block without magic, version and checksum, which belong to the snapshot. */
  readHeader(target: Uint8Array): void {
    target.set(new Uint8Array(this.memory.buffer, HEADER, HEADER_BYTES));
  }

  itemBytes(array: ArrayNumber): number {
    return this.exports.itemBytes(array);
  }

  readArray(array: ArrayNumber, target: Uint8Array): void {
    this.eachRun(array, target.length, (run, offset) => target.set(run, offset));
  }

  /** Fills an empty kernel. False when the bytes are no graph that could be walked; the kernel is of no use then. */
  fill(header: Uint8Array, arrays: readonly Uint8Array[]): boolean {
    const view = new DataView(header.buffer, header.byteOffset);
    const [slots, towers] = [view.getUint32(SLOTS - HEADER, true), view.getUint32(TOWERS - HEADER, true)];
    this.orFull(this.exports.reserveAll(slots, towers));
    new Uint8Array(this.memory.buffer, HEADER, HEADER_BYTES).set(header);
    arrays.forEach((source, array) => {
      this.eachRun(array as ArrayNumber, source.length, (run, offset) =>
        run.set(source.subarray(offset, offset + run.length)),
      );
    });
    return this.exports.isSound() !== 0;
  }

  /** `bytes.length` is a multiple of 8. */
  checksum(bytes: Uint8Array): bigint {
    this.exports.beginHash();
    for (let offset = 0; offset < bytes.length; offset += STAGE_BYTES) {
      const piece = bytes.subarray(offset, offset + STAGE_BYTES);
      new Uint8Array(this.memory.buffer, this.stage(piece.length), piece.length).set(piece);
      this.exports.hashStaged(piece.length);
    }
    return BigInt.asUintN(64, this.exports.endHash());
  }

  rowOf(slot: number): number {
    return this.word(this.exports.itemAddress(ARRAYS.rows, slot));
  }

  /** Undefined for a free slot. */
  levelOf(slot: number): number | undefined {
    const level = this.exports.slotLevel(slot) >>> 0;
    return level === NONE ? undefined : level;
  }

  linksOf(slot: number, level: number): Uint32Array {
    const address = this.exports.slotLinks(slot, level) >>> 0;
    return new Uint32Array(this.memory.buffer, address + 4, this.word(address)).slice();
  }

  private stage(bytes: number): number {
    const address = this.exports.stage(bytes) >>> 0;
    return address === 0 ? this.orFull(FULL) : address;
  }

  private eachRun(array: ArrayNumber, length: number, visit: (run: Uint8Array, offset: number) => void): void {
    const stride = this.exports.itemBytes(array);
    const runBytes = this.exports.itemRun(array) * stride;
    for (let offset = 0; offset < length; offset += runBytes) {
      const address = this.exports.itemAddress(array, offset / stride) >>> 0;
      visit(new Uint8Array(this.memory.buffer, address, Math.min(runBytes, length - offset)), offset);
    }
  }

  private word(address: number): number {
    return new Uint32Array(this.memory.buffer, address >>> 0, 1)[0]!;
  }

  private orFull(answer: number): number {
    if (answer >>> 0 !== FULL) return answer;
    throw new PipitError("storage-full", {
      got: `an index of ${this.bytes} bytes that memory cannot let grow`,
      expected: "one that fits into what this index may hold, at most 4 GiB",
      do: "Remove rows, raise maxBytes or split the collection; what was there before this call is still there.",
    });
  }
}
