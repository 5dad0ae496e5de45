import { type Neighbors, PipitError } from "@pipit/core";
import { FULL, KernelMemory, type MemoryExports, memoryOf } from "../../shared/kernel-memory.ts";
import { type GraphShape, MEASURED, ORIGINALS } from "../options.ts";
import type { Answer } from "../truth/probe.ts";
import { AnswerPlaces } from "./answer-places.ts";
import type { ThreadPool } from "./thread-pool.ts";

/**
 * The only file that knows addresses in the graph's memory; assembly/search/layout.ts describes the layout. One set of views covers
 * the whole memory. It is made anew when memory has grown, because growth detaches old views.
 *
 * The exports, all of numbers: `configure` once; `stage(bytes)` gives a place to write input to; `reserve`, `prepare`,
 * `insert`, `remove`, `compact`, `search`, `searchMany` and the three of a scan work on it; `itemAddress`, `itemBytes` and `itemRun`
 * show the four arrays that a snapshot is made of; `reserveAll` and `isSound` stand before and after filling these from
 * one; `beginHash`, `mixHash` and `endHash` make XXH64 of any memory; `slotLevel`, `holdsRow` and `slotLinks` show the graph.
 */
interface Exports extends MemoryExports {
  configure(
    dimensions: number,
    m: number,
    width: number,
    metric: number,
    originals: number,
    measured: number,
    seed: number,
  ): number;
  taken(): number;
  startThreads(pool: number, patience: number): number;
  stopThreads(): void;
  reserve(rows: number): number;
  prepare(): number;
  insert(count: number): number;
  remove(slot: number): void;
  compact(): number;
  search(k: number, ef: number, words: number, time: number): number;
  searchMany(count: number, k: number, ef: number, time: number): number;
  readonly wasCut: WebAssembly.Global;
  readonly isUnsure: WebAssembly.Global;
  readonly late: WebAssembly.Global;
  openScan(k: number): number;
  scan(count: number): void;
  closeScan(): number;
  codeDistance(slot: number): number;
  readonly hitRows: WebAssembly.Global;
  readonly hitDistances: WebAssembly.Global;
  reserveAll(slots: number, upperBlocks: number): number;
  itemAddress(array: number, item: number): number;
  itemBytes(array: number): number;
  itemRun(array: number): number;
  isSound(): number;
  slotLevel(slot: number): number;
  holdsRow(slot: number): number;
  slotLinks(slot: number, level: number): number;
}

/** The kernel's arrays; a snapshot's sections are tagged with these numbers. */
export const ARRAYS = { nodes: 0, originals: 1, upperBlocks: 2, coarse: 3 } as const;
export type ArrayNumber = (typeof ARRAYS)[keyof typeof ARRAYS];

export interface Walk {
  readonly k: number;
  readonly ef: number;
  readonly filter?: Uint32Array | undefined;
  /** Milliseconds after which it returns what it has found. Default: no limit. */
  readonly deadline?: number | undefined;
}

/** The result of a walk. */
export interface Walked extends Answer {
  /** The errors of codes are so large that rows beyond the beam may be nearer. */
  readonly isUnsure?: true | undefined;
}

/** The memory limit of a kernel, and the threads that work in it besides the caller's. */
export interface Room {
  readonly maxBytes: number;
  /** With a pool the module is the one for threads, and memory is shared. */
  readonly pool?: ThreadPool | undefined;
}

export const HEADER_BYTES = 256;
const HEADER = 1024;
const SLOTS = HEADER + 20;
const COUNT = HEADER + 24;
const REMOVED = HEADER + 28;
const UPPER_BLOCKS = HEADER + 32;
const FIRST_PAGES = 4;
const NONE = 0xffffff;
// Heads of free slots are above it too.
const REMOVED_HEAD = 0x80000000;
const STAGE_BYTES = 1 << 17;
// Queries of one turn: enough that threads hardly wait for the last one, and so few that ef can follow a latency.
const TURN_QUERIES = 128;
const TURN_BYTES = 1 << 19;
const PATIENCE = 60_000;
const FOREVER = Number.POSITIVE_INFINITY;

export class SearchKernel {
  readonly shape: GraphShape;
  readonly #module: WebAssembly.Module;
  readonly #memory: KernelMemory;
  readonly #exports: Exports;
  #poolSize = 1;

  constructor(module: WebAssembly.Module, shape: GraphShape, room: Room) {
    this.#module = module;
    this.shape = shape;
    const wasm = memoryOf(FIRST_PAGES, room.maxBytes, room.pool !== undefined);
    const env = { memory: wasm, now: () => performance.now() };
    this.#exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
    this.#memory = new KernelMemory(wasm, this.#exports);
    this.#memory.orFull(this.#exports.configure(...numbersOf(shape)));
    // Reserved at the start, so that later calls of ordinary size do not run out of memory in the middle.
    this.#memory.stage(Math.max(STAGE_BYTES, shape.dimensions * 8 + 64));
  }

  /** Starts the pool's threads, which build and search with this one until `stopThreads`. If one does not start, none stay. */
  async startThreads({ size, startThread, patience = PATIENCE }: ThreadPool): Promise<void> {
    this.#memory.orFull(this.#exports.startThreads(size, patience));
    const numbers = Array.from({ length: size - 1 }, (_, i) => i + 1);
    try {
      await Promise.all(
        numbers.map((number) => startThread({ module: this.#module, memory: this.#memory.wasm, number })),
      );
      this.#poolSize = size;
    } catch (error) {
      this.stopThreads();
      throw error;
    }
  }

  /** Threads that answer queries together, the owner's among them. */
  get threads(): number {
    return this.#poolSize;
  }

  /** Ends the pool's threads. The graph stays. */
  stopThreads(): void {
    this.#exports.stopThreads();
    this.#poolSize = 1;
  }

  /** Bytes in use. The memory itself grows in larger steps. */
  get bytes(): number {
    return this.#exports.taken() >>> 0;
  }

  get count(): number {
    return this.#memory.word(COUNT);
  }

  /** Slots in use since the last compaction, free ones included. */
  get slots(): number {
    return this.#memory.word(SLOTS);
  }

  /** Removed rows whose links are still walked. */
  get removed(): number {
    return this.#memory.word(REMOVED);
  }

  get upperBlocks(): number {
    return this.#memory.word(UPPER_BLOCKS);
  }

  /** Makes room for so many more rows, or throws `storage-full` without a change. */
  reserve(rows: number): void {
    this.#memory.orFull(this.#exports.reserve(rows));
  }

  /** Does a sweep or compaction that is due. Returns true if slots got other numbers. */
  prepare(): boolean {
    return this.#exports.prepare() !== 0;
  }

  /** The most vectors that fit into the staging area. */
  get batch(): number {
    return Math.max(1, Math.floor((STAGE_BYTES - 16) / (this.shape.dimensions * 4 + 4)));
  }

  /** Adds at most `batch` rows, for which room was made. Returns their slots. */
  insert(rows: Uint32Array, vectors: Float32Array): Uint32Array {
    const vectorOffset = Math.ceil((rows.length * 4) / 16) * 16;
    const address = this.#memory.stage(vectorOffset + vectors.byteLength);
    this.#memory.u32(address, rows.length).set(rows);
    this.#memory.f32(address + vectorOffset, vectors.length).set(vectors);
    this.#memory.orFull(this.#withPool(() => this.#exports.insert(rows.length)));
    return this.#memory.u32(address, rows.length).slice();
  }

  // The kernel traps when a thread of its pool does not answer in time.
  #withPool(job: () => number): number {
    try {
      return job();
    } catch (cause) {
      throw new PipitError("worker-died", {
        got: "a thread that did not answer",
        expected: "all of them to finish their share",
        do: "Close this index and open its snapshot again.",
        cause,
      });
    }
  }

  remove(slot: number): void {
    this.#exports.remove(slot);
  }

  /** Removes all removed rows from the graph and orders the rest: slots get other numbers. */
  compact(): void {
    this.#exports.compact();
  }

  /** At most k rows. With a filter, the allowed ones among the `ef` nearest rows, which may be fewer than k. */
  walk(query: Float32Array, { k, ef, filter, deadline }: Walk): Walked {
    const filterOffset = Math.ceil(query.length / 4) * 16;
    const address = this.#memory.stage(filterOffset + (filter?.byteLength ?? 0));
    this.#memory.writeFloats(address, query);
    if (filter) this.#memory.u32(address + filterOffset, filter.length).set(filter);
    const found = this.#hits(this.#exports.search(k, ef, filter?.length ?? FULL, deadline ?? FOREVER));
    const { wasCut, isUnsure, late } = this.#exports;
    return walked(found, wasCut.value | (isUnsure.value << 1), late.value);
  }

  /** The most queries that `walkMany` takes. */
  queriesFor(k: number): number {
    if (this.threads === 1) return 1;
    const { stride } = this.#answerPlaces(0, k);
    return Math.max(1, Math.min(TURN_QUERIES, Math.floor(TURN_BYTES / (this.shape.dimensions * 4 + stride))));
  }

  /** A `walk` without a filter for each query, by all threads. Throws `worker-died` if one does not answer. */
  walkMany(queries: readonly Float32Array[], asked: Walk): Walked[] {
    const [first] = queries;
    if (first && queries.length === 1) return [this.walk(first, asked)];
    const { k, ef, deadline = FOREVER } = asked;
    const places = this.#answerPlaces(queries.length, k);
    const address = this.#memory.stage(places.bytes);
    for (const [i, query] of queries.entries()) this.#memory.writeFloats(address + i * query.byteLength, query);
    this.#memory.orFull(this.#withPool(() => this.#exports.searchMany(queries.length, places.k, ef, deadline)));
    return queries.map((_, i) => this.#answerAt(address + places.answer(i), places.k));
  }

  #answerPlaces(queries: number, k: number): AnswerPlaces {
    return new AnswerPlaces({ dimensions: this.shape.dimensions, queries, k: Math.min(k, this.count) });
  }

  #answerAt(address: number, k: number): Walked {
    const [answer, flags] = this.#memory.u32(address, 2) as unknown as [number, number];
    const count = this.#memory.orFull(answer);
    const [late] = this.#memory.f32(address + 8, 1) as unknown as [number];
    const rows = this.#memory.u32(address + 12, count).slice();
    const distances = this.#memory.f32(address + 12 + k * 4, count).slice();
    return walked({ rows, distances }, flags, late);
  }

  /** The nearest of the slots, which must hold rows. Without a deadline and with originals, it misses about one in millions. */
  scan(query: Float32Array, slots: Uint32Array, { k, deadline = FOREVER }: Omit<Walk, "ef" | "filter">): Neighbors {
    const until = performance.now() + deadline;
    this.#memory.writeFloats(this.#memory.stage(query.byteLength), query);
    this.#memory.orFull(this.#exports.openScan(k));
    const piece = STAGE_BYTES / 4 - 4;
    for (let from = 0; from < slots.length; from += piece) {
      const part = slots.subarray(from, from + piece);
      this.#memory.u32(this.#memory.stage(part.byteLength + 16), part.length).set(part);
      this.#exports.scan(part.length);
      const isCut = from + piece < slots.length && performance.now() > until;
      if (isCut) return { ...this.#hits(this.#exports.closeScan()), partial: true };
    }
    return this.#hits(this.#exports.closeScan());
  }

  /** Distances by codes from the last scanned query to each of the slots. */
  codeDistances(slots: Uint32Array): Float32Array {
    return Float32Array.from(slots, (slot) => this.#exports.codeDistance(slot));
  }

  readHeader(): Uint32Array {
    return this.#memory.u32(HEADER, HEADER_BYTES / 4).slice();
  }

  itemBytes(array: ArrayNumber): number {
    return this.#exports.itemBytes(array) >>> 0;
  }

  arrayBytes(array: ArrayNumber): number {
    return this.itemBytes(array) * (array === ARRAYS.upperBlocks ? this.upperBlocks : this.slots);
  }

  /** Views of an array, in pieces. They are valid until the next call of the kernel. */
  *piecesOf(array: ArrayNumber): Generator<Uint8Array> {
    const [stride, length] = [this.itemBytes(array), this.arrayBytes(array)];
    const run = (this.#exports.itemRun(array) >>> 0) * stride;
    for (let offset = 0; offset < length; offset += run) {
      const address = this.#exports.itemAddress(array, offset / stride);
      yield this.#memory.bytes(address, Math.min(run, length - offset));
    }
  }

  /** Gives an empty kernel this header and room for its counts. Its arrays must be filled after that. */
  begin(header: Uint32Array): void {
    const at = (address: number) => header[(address - HEADER) / 4]!;
    this.#memory.orFull(this.#exports.reserveAll(at(SLOTS), at(UPPER_BLOCKS)));
    this.#memory.u32(HEADER, header.length).set(header);
  }

  /** Whether memory that was filled from outside is a valid graph. */
  isSound(): boolean {
    return this.#exports.isSound() !== 0;
  }

  /** XXH64 of any bytes. Bytes in this kernel's memory are not copied. */
  get hash() {
    return this.#memory.hash;
  }

  /** Calls `tell` for every row and its slot, by rising slot. */
  eachRow(tell: (row: number, slot: number) => void): void {
    const stride = this.itemBytes(ARRAYS.nodes) / 4;
    let slot = 0;
    for (const { buffer, byteOffset, length } of this.piecesOf(ARRAYS.nodes)) {
      const words = new Uint32Array(buffer, byteOffset, length / 4);
      for (let at = 0; at < words.length; at += stride, slot++)
        if (words[at + 1]! < REMOVED_HEAD) tell(words[at]!, slot);
    }
  }

  rowOf(slot: number): number {
    return this.#memory.word(this.#exports.itemAddress(ARRAYS.nodes, slot));
  }

  /** The f32 original of a slot; undefined if f32 originals are not kept. */
  originalOf(slot: number): Float32Array | undefined {
    if (this.shape.originals !== "f32") return undefined;
    return this.#memory.f32(this.#exports.itemAddress(ARRAYS.originals, slot), this.shape.dimensions).slice();
  }

  /** The highest level of a slot; undefined for a free slot. */
  levelOf(slot: number): number | undefined {
    const level = this.#exports.slotLevel(slot) >>> 0;
    return level === NONE ? undefined : level;
  }

  /** False for a free slot, and for a removed one whose links are still walked. */
  holdsRow(slot: number): boolean {
    return this.#exports.holdsRow(slot) !== 0;
  }

  /** The first link is to the parent; the first node of a level is its own parent. */
  linksOf(slot: number, level: number): number[] {
    const address = this.#exports.slotLinks(slot, level) >>> 0;
    const count = this.#memory.bytes(address, 4)[3]! & 0x7f;
    const places = this.#memory.bytes(address + 4, count * 3);
    return Array.from({ length: count }, (_, i) => {
      const [low, middle, high] = places.subarray(i * 3) as unknown as [number, number, number];
      return low | (middle << 8) | (high << 16);
    });
  }

  #hits(answer: number): Neighbors {
    const memory = this.#memory;
    const exports = this.#exports;
    const count = memory.orFull(answer);
    return {
      rows: memory.copyWords(exports.hitRows.value, count),
      distances: memory.copyFloats(exports.hitDistances.value, count),
    };
  }
}

function walked(found: Neighbors, flags: number, late: number): Walked {
  return { ...found, late, ...(flags & 1 ? { partial: true } : {}), ...(flags & 2 ? { isUnsure: true } : {}) };
}

function numbersOf({ dimensions, m, efConstruction, metric, originals, measured, seed }: GraphShape) {
  const metricNumber = metric === "squared-l2" ? 1 : 0;
  const [kept, by] = [ORIGINALS.indexOf(originals), MEASURED.indexOf(measured)];
  return [dimensions, m, efConstruction, metricNumber, kept, by, seed] as const;
}
