import { PipitError } from "@pipit/core";

/** The exports that all modules have: a place to write input to, and XXH64 of any memory. */
export interface MemoryExports {
  /** An address with room for so many bytes, valid until the next call, or 0 when memory cannot grow. */
  stage(bytes: number): number;
  beginHash(): void;
  mixHash(address: number, bytes: number): void;
  endHash(): bigint;
}

/** The answer of an export when memory cannot grow. */
export const FULL = 0xffffffff;
const PAGE_BYTES = 65536;
const HASHED_AT_ONCE = 1 << 17;

/** A memory that may grow to so many bytes. */
export function memoryOf(firstPages: number, maxBytes: number, shared = false): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: firstPages, maximum: Math.floor(maxBytes / PAGE_BYTES), shared });
}

/**
 * A module's memory as its kernel reads and writes it. One view a type covers all of it and is made anew when memory has
 * grown, since growth detaches old views.
 */
export class KernelMemory {
  readonly wasm: WebAssembly.Memory;
  readonly #exports: MemoryExports;
  readonly #refusal: (bytes: number) => PipitError;
  #words: Uint32Array;
  #floats: Float32Array;

  /** `refusal` makes the error that is thrown when memory cannot grow. */
  constructor(wasm: WebAssembly.Memory, exports: MemoryExports, refusal = indexIsFull) {
    this.wasm = wasm;
    this.#exports = exports;
    this.#refusal = refusal;
    this.#words = new Uint32Array(wasm.buffer);
    this.#floats = new Float32Array(wasm.buffer);
  }

  get byteLength(): number {
    return this.wasm.buffer.byteLength;
  }

  /** An address to write so many bytes to, valid until the next call. Throws `storage-full`. */
  stage(bytes: number): number {
    const address = this.#exports.stage(bytes) >>> 0;
    return address === 0 ? this.orFull(FULL) : address;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.wasm.buffer, address >>> 0, length);
  }

  u32(address: number, length: number): Uint32Array {
    const at = this.#wordAt(address, length);
    return this.#words.subarray(at, at + length);
  }

  f32(address: number, length: number): Float32Array {
    const at = this.#floatAt(address, length);
    return this.#floats.subarray(at, at + length);
  }

  word(address: number): number {
    return this.u32(address, 1)[0]!;
  }

  writeFloats(address: number, values: Float32Array): void {
    const at = this.#floatAt(address, values.length);
    this.#floats.set(values, at);
  }

  /** Copies with a loop, which for a few values is faster than making a view. */
  copyWords(address: number, length: number): Uint32Array {
    const at = this.#wordAt(address, length);
    const words = this.#words;
    const copy = new Uint32Array(length);
    for (let i = 0; i < length; i++) copy[i] = words[at + i]!;
    return copy;
  }

  copyFloats(address: number, length: number): Float32Array {
    const at = this.#floatAt(address, length);
    const floats = this.#floats;
    const copy = new Float32Array(length);
    for (let i = 0; i < length; i++) copy[i] = floats[at + i]!;
    return copy;
  }

  /** XXH64. Pieces in this memory are read in place, others are copied to the staging area. */
  readonly hash = (pieces: Iterable<Uint8Array>): bigint => {
    this.#exports.beginHash();
    for (const piece of pieces) this.#mix(piece);
    return BigInt.asUintN(64, this.#exports.endHash());
  };

  /** The answer of an export, unless it is FULL. Throws `storage-full`. */
  orFull(answer: number): number {
    if (answer >>> 0 !== FULL) return answer;
    throw this.#refusal(this.byteLength);
  }

  #mix(piece: Uint8Array): void {
    if (piece.buffer === this.wasm.buffer) {
      this.#exports.mixHash(piece.byteOffset, piece.length);
      return;
    }
    for (let offset = 0; offset < piece.length; offset += HASHED_AT_ONCE) {
      const part = piece.subarray(offset, offset + HASHED_AT_ONCE);
      const address = this.stage(part.length);
      this.bytes(address, part.length).set(part);
      this.#exports.mixHash(address, part.length);
    }
  }

  // Detached views have no bytes, so that they are made anew even for zero bytes at the address 0.
  #wordAt(address: number, length: number): number {
    const at = address >>> 0;
    if (at + length * 4 >= this.#words.byteLength) this.#words = new Uint32Array(this.wasm.buffer);
    return at / 4;
  }

  #floatAt(address: number, length: number): number {
    const at = address >>> 0;
    if (at + length * 4 >= this.#floats.byteLength) this.#floats = new Float32Array(this.wasm.buffer);
    return at / 4;
  }
}

function indexIsFull(bytes: number): PipitError {
  return new PipitError("storage-full", {
    got: `an index of ${bytes} bytes that memory cannot let grow`,
    expected: "one that fits into what this index may hold, at most 4 GiB",
    do: "Remove rows, raise maxBytes or split the collection; what was there before this call is still there.",
  });
}
