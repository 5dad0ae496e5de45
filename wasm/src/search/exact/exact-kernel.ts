import type { Neighbors } from "@pipit/core";
import { KernelMemory, type MemoryExports, memoryOf } from "../../shared/kernel-memory.ts";
import type { Metric } from "../options.ts";
import type { Doubt } from "./expected-loss.ts";
import type { ScanPool } from "./scan-pool.ts";

/**
 * The only file that knows addresses in the scan module's memory; assembly/exact/layout.ts describes the layout.
 *
 * The exports, all of numbers: `configure` once, then the quantizer is written to its plane and `quantizerWritten` called;
 * `stage(bytes)` gives a place to write input to; `put`, `search` and `trainProduct` work on it; `reserve` makes room
 * before; `drop` and `decode` take a slot; planes are shown by `planeBytes`, `planeRun` and `runAt`; `beginHash`, `mixHash`
 * and `endHash` make XXH64 of any memory. The build for threads calls `summon` when a search is worth sharing; its helpers
 * have instances of their own (serve-scans.ts).
 */
interface Exports extends MemoryExports {
  configure(dimensions: number, codes: number, originals: number, metric: number, threads: number): number;
  setPatience(milliseconds: number): void;
  setWorth(bytes: number): void;
  quantizerWritten(): void;
  reserve(rows: number): number;
  put(rows: number): void;
  drop(slot: number): void;
  search(k: number, ef: number, words: number): number;
  readonly hitRows: WebAssembly.Global;
  readonly hitDistances: WebAssembly.Global;
  readonly farthestCandidate: WebAssembly.Global;
  readonly codeError: WebAssembly.Global;
  readonly codeSpread: WebAssembly.Global;
  readonly lengths: WebAssembly.Global;
  decode(slot: number, isCode: number): number;
  trainProduct(points: number, rounds: number): void;
  planeBytes(plane: number): number;
  planeRun(plane: number): number;
  runAt(plane: number, run: number): number;
  slots(): number;
  setSlots(total: number): void;
}

export const METRICS = { "inner-product": 0, "squared-l2": 1, cosine: 2 } as const satisfies Record<Metric, number>;
/** 2 were bits of vectors that were not rotated. */
export const CODES = { none: 0, int8: 1, bit: 4, pq: 3 } as const;
export const ORIGINALS = { none: 0, f32: 1, f16: 2 } as const;

/** The planes in the order of a snapshot; the kernel's numbers of them are the snapshot's tags. */
export const PLANES = { rows: 0, scales: 1, biases: 2, codes: 3, originals: 4, quantizer: 5 } as const;
export type Plane = (typeof PLANES)[keyof typeof PLANES];

export type CodeKind = keyof typeof CODES;
export type OriginalKind = keyof typeof ORIGINALS;

/** The form in which a kernel keeps rows. */
export interface ExactShape {
  readonly dimensions: number;
  readonly codes: CodeKind;
  readonly originals: OriginalKind;
  readonly metric: Metric;
}

export interface Scan {
  readonly k: number;
  /** How many candidates codes choose for originals to decide among, where both are kept. */
  readonly ef: number;
  readonly filter?: Uint32Array | undefined;
}

/** Rows, the slots they go to and the part of a call's vectors that is theirs. */
export interface Batch {
  readonly rows: Uint32Array;
  readonly slots: Uint32Array;
  readonly vectors: Float32Array;
}

const FIRST_PAGES = 2;
const NO_FILTER = 0xffffffff;
const STAGE_BYTES = 1 << 18;
const STARTS_BYTES = 1024;
const PATIENCE_MS = 2000;
// Waking a thread takes 10 to 50 us.
const WORTH_BYTES = 2 ** 21;

export class ExactKernel {
  readonly shape: ExactShape;
  readonly #memory: KernelMemory;
  readonly #exports: Exports;
  /** To be called once, when nothing more will be asked: threads that shared the memory drop it. */
  readonly close: () => void;

  /** With a pool, the module is the one built for threads. */
  constructor(module: WebAssembly.Module, shape: ExactShape, maxBytes: number, pool?: ScanPool) {
    this.shape = shape;
    const wasm = memoryOf(FIRST_PAGES, maxBytes, pool !== undefined);
    const scan = { module, memory: wasm };
    const env = { memory: wasm, summon: () => pool?.summon(scan) };
    this.#exports = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
    this.close = () => pool?.release(scan);
    this.#memory = new KernelMemory(wasm, this.#exports);
    const { dimensions, codes, originals, metric } = shape;
    const threads = pool?.size ?? 1;
    this.#memory.orFull(
      this.#exports.configure(dimensions, CODES[codes], ORIGINALS[originals], METRICS[metric], threads),
    );
    this.#exports.setPatience(pool?.patience ?? PATIENCE_MS);
    this.#exports.setWorth(pool?.worth ?? WORTH_BYTES);
    // Reserved at the start, so that later calls of ordinary size do not run out of memory in the middle.
    this.#memory.stage(Math.max(STAGE_BYTES, dimensions * 4 + 64));
  }

  get bytes(): number {
    return this.#memory.byteLength;
  }

  get count(): number {
    return this.#exports.slots() >>> 0;
  }

  /** Vectors that one staging takes. */
  get batch(): number {
    return Math.max(1, Math.floor((STAGE_BYTES - 16) / (this.shape.dimensions * 4 + 8)));
  }

  /** The quantizer's numbers as the kernel lays them out, padding included. */
  writeQuantizer(values: Float32Array): void {
    this.#memory.f32(this.#exports.runAt(PLANES.quantizer, 0), values.length).set(values);
    this.#exports.quantizerWritten();
  }

  readQuantizer(): Float32Array {
    return this.#memory.f32(this.#exports.runAt(PLANES.quantizer, 0), this.planeBytes(PLANES.quantizer) / 4).slice();
  }

  /** Makes room for so many rows more, or throws `storage-full` with everything as it was. */
  reserve(rows: number): void {
    this.#memory.orFull(this.#exports.reserve(rows));
  }

  /** At most `batch` rows, for which room was made. A slot is a taken one, or the next. */
  put({ rows, slots, vectors }: Batch): void {
    const vectorOffset = Math.ceil((rows.length * 8) / 16) * 16;
    const address = this.#memory.stage(vectorOffset + vectors.byteLength);
    this.#memory.u32(address, rows.length).set(rows);
    this.#memory.u32(address + rows.length * 4, rows.length).set(slots);
    this.#memory.f32(address + vectorOffset, vectors.length).set(vectors);
    this.#exports.put(rows.length);
  }

  /** Frees a slot; the last one moves there. Answers the row that moved, undefined when it was the last itself. */
  drop(slot: number): number | undefined {
    const last = this.count - 1;
    this.#exports.drop(slot);
    return slot === last ? undefined : this.rowOf(slot);
  }

  rowOf(slot: number): number {
    const run = this.#exports.planeRun(PLANES.rows) / 4;
    return this.#memory.u32(this.#exports.runAt(PLANES.rows, Math.floor(slot / run)) + (slot % run) * 4, 1)[0]!;
  }

  /** The row of each slot. */
  allRows(): Uint32Array {
    const rows = new Uint32Array(this.count);
    let slot = 0;
    for (const piece of this.piecesOf(PLANES.rows)) {
      rows.set(this.#memory.u32(piece.byteOffset, piece.length / 4), slot);
      slot += piece.length / 4;
    }
    return rows;
  }

  search(query: Float32Array, { k, ef, filter }: Scan): Neighbors {
    const filterOffset = Math.ceil(query.length / 4) * 16;
    const address = this.#memory.stage(filterOffset + (filter?.byteLength ?? 0));
    this.#memory.f32(address, query.length).set(query);
    if (filter) this.#memory.u32(address + filterOffset, filter.length).set(filter);
    const count = this.#memory.orFull(this.#exports.search(k, ef, filter ? filter.length : NO_FILTER));
    return {
      rows: this.#memory.copyWords(this.#exports.hitRows.value, count),
      distances: this.#memory.copyFloats(this.#exports.hitDistances.value, count),
    };
  }

  /** The accuracy of the last search's first pass. */
  get doubt(): Doubt {
    const { farthestCandidate, codeError, codeSpread, lengths } = this.#exports;
    return {
      farthest: farthestCandidate.value,
      error: codeError.value,
      spread: codeSpread.value,
      lengths: lengths.value,
    };
  }

  /** The slot's vector as its code or its original gives it back; of unit length under cosine. */
  decode(slot: number, from: "codes" | "originals"): Float32Array {
    return this.#memory.f32(this.#exports.decode(slot, from === "codes" ? 1 : 0), this.shape.dimensions).slice();
  }

  /** Trains product codes on row-major padded points, from the points numbered by the 256 `starts`. */
  trainProduct(points: Float32Array, starts: Uint32Array, rounds: number): void {
    const address = this.#memory.stage(STARTS_BYTES + points.byteLength);
    this.#memory.u32(address, starts.length).set(starts);
    this.#memory.f32(address + STARTS_BYTES, points.length).set(points);
    this.#exports.trainProduct(points.length / this.paddedDimensions, rounds);
  }

  get paddedDimensions(): number {
    return Math.ceil(this.shape.dimensions / 16) * 16;
  }

  /** Bytes of a plane that are in use. */
  planeBytes(plane: Plane): number {
    return this.#exports.planeBytes(plane) >>> 0;
  }

  /** A plane in place, in pieces. They are good until the kernel is called again. */
  *piecesOf(plane: Plane): Generator<Uint8Array> {
    const length = this.planeBytes(plane);
    const run = this.#exports.planeRun(plane) >>> 0;
    for (let offset = 0; offset < length; offset += run) {
      yield this.#memory.bytes(this.#exports.runAt(plane, offset / run), Math.min(run, length - offset));
    }
  }

  /** Room for so many slots in an empty kernel, taken at once, for `piecesOf` to be filled. */
  takeSlots(total: number): void {
    this.reserve(total);
    this.#exports.setSlots(total);
  }

  /** To be called when the quantizer's plane was filled piece by piece. */
  finishQuantizer(): void {
    this.#exports.quantizerWritten();
  }

  /** XXH64, of this kernel's own memory soonest. */
  get hash() {
    return this.#memory.hash;
  }
}
