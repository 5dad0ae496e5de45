import { type TokenForm, type TokenForms, type TokenSpace, throwIfAborted } from "@pipit/core";
import { type EncodedTokens, type Encoder, type EncoderBytes, type EncoderOptions, openEncoder } from "./encoder.ts";
import type { EncoderBuild } from "./encoder-exports.ts";
import type { EncoderAbout } from "./encoder-file.ts";
import { assertPixels, assertRows, pictureValues } from "./encoder-input.ts";
import { PoolMember } from "./encoder-pool-member.ts";
import type { EncoderThreadPool } from "./encoder-pool-protocol.ts";
import type { EncoderShape } from "./encoder-shape.ts";
import { equalRuns, type Run } from "./equal-runs.ts";
import { noProjection } from "./projection-check.ts";

// The least share of a thread. A message there and back takes as long as a token or two of MiniLM.
const LEAST_TOKENS = 8;
// Most questions are no longer. A caller with `caller: "waits"` computes so much itself, in some milliseconds.
const QUESTION_TOKENS = 32;
// Attention costs more in long texts: measured, a token costs twice as much in a text this many times as long as the model is wide.
const TWICE_AT = 2.4;

export interface EncoderThreadOptions extends EncoderOptions {
  readonly pool: EncoderThreadPool;
  /**
   * What this thread does while the others compute. "computes" (default): a share of its own. "waits": nothing, so that it can do
   * other work. Then the pool has one more thread, and this one computes questions only.
   */
  readonly caller?: "computes" | "waits" | undefined;
}

/**
 * Opens a packed file in one instance for each thread, in this thread first. The rows of a call are divided among threads by tokens;
 * a small call stays here. When a thread dies, calls that wait for it fail with `worker-died`, and later calls run without it. Fails
 * as `openEncoder` does, and with `worker-died` if a thread does not start; then all threads are ended.
 */
export async function openTogether(
  module: WebAssembly.Module,
  file: EncoderBytes,
  { pool, caller = "computes", ...options }: EncoderThreadOptions,
): Promise<Encoder> {
  const { read, copy } = copied(file);
  const own = await openEncoder(module, read, options);
  const members = new Set<PoolMember>();
  const others = caller === "computes" ? pool.size - 1 : pool.size;
  const opening = Array.from({ length: others }, async () => {
    const member = new PoolMember((gone) => members.delete(gone));
    members.add(member);
    await member.open(pool, { module, file: copy(), options });
  });
  const encoder = new PoolEncoder(own, members, caller);
  try {
    await Promise.all(opening);
  } catch (error) {
    encoder.close();
    throw error;
  }
  return encoder;
}

/** Keeps a copy of a file that can be read only once. */
function copied(file: EncoderBytes): { readonly read: EncoderBytes; copy(): Uint8Array<ArrayBuffer> } {
  if (file instanceof Uint8Array) return { read: file, copy: () => new Uint8Array(file) };
  const kept: Uint8Array[] = [];
  const passing = async function* () {
    for await (const piece of file.pieces) {
      yield piece;
      // Kept after reading: by then the reader has verified that the piece belongs to the file.
      kept.push(new Uint8Array(piece));
    }
  };
  return { read: { bytes: file.bytes, pieces: passing() }, copy: () => filled(new Uint8Array(lengthOf(kept)), kept) };
}

type Computer = Pick<Encoder, "encodeTokens" | "encodeWithTokens" | "encodePictures">;
type Encode<Part> = (by: Computer, run: Run, signal: AbortSignal) => Promise<Part>;
type Rows = readonly (readonly number[])[];

class PoolEncoder implements Encoder {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  readonly build: EncoderBuild;
  readonly #own: Encoder;
  readonly #members: Set<PoolMember>;
  readonly #caller: "computes" | "waits";

  constructor(own: Encoder, members: Set<PoolMember>, caller: "computes" | "waits") {
    this.about = own.about;
    this.shape = own.shape;
    this.build = own.build;
    this.#own = own;
    this.#members = members;
    this.#caller = caller;
  }

  get bytes(): number {
    return [...this.#members].reduce((sum, { bytes }) => sum + bytes, this.#own.bytes);
  }

  get tokenSpace(): TokenSpace | undefined {
    return this.#own.tokenSpace;
  }

  get threads(): number {
    return this.#computing.length;
  }

  /** The computing threads, the least busy first. This thread is one of them unless it waits and others are left. */
  get #computing(): Computer[] {
    const others = [...this.#members].sort((a, b) => a.waiting - b.waiting);
    return this.#caller === "waits" && others.length > 0 ? others : [this.#own, ...others];
  }

  async encodeTokens(rows: Rows, signal?: AbortSignal) {
    const runs = this.#runsOf(rows);
    if (!runs) return this.#own.encodeTokens(rows, signal);
    const parts = await this.#share(runs, signal, (by, [from, to], stop) =>
      by.encodeTokens(rows.slice(from, to), stop),
    );
    return joinedFloats(parts);
  }

  async encodeWithTokens<Form extends TokenForm>(rows: Rows, form: Form, signal?: AbortSignal) {
    if (this.tokenSpace === undefined) throw noProjection();
    const runs = this.#runsOf(rows);
    if (!runs) return this.#own.encodeWithTokens(rows, form, signal);
    const parts = await this.#share(runs, signal, (by, [from, to], stop) =>
      by.encodeWithTokens(rows.slice(from, to), form, stop),
    );
    return joinedParts(parts, form);
  }

  /** The rows of each thread, or undefined if this thread computes them all. Throws `bad-input`. */
  #runsOf(rows: Rows): readonly Run[] | undefined {
    assertRows(rows, this.shape);
    const lengths = rows.map((row) => row.length);
    const tokens = lengths.reduce((sum, length) => sum + length, 0);
    const costs = lengths.map((length) => length * (1 + length / (TWICE_AT * this.shape.width)));
    const runs = equalRuns(costs, Math.min(this.threads, Math.max(1, Math.floor(tokens / LEAST_TOKENS))));
    const isSmall = this.#caller === "computes" || tokens <= QUESTION_TOKENS;
    return runs.length < 2 && isSmall ? undefined : runs;
  }

  async encodePictures(pixels: Float32Array, signal?: AbortSignal) {
    assertPixels(pixels, this.shape);
    const values = pictureValues(this.shape);
    const runs = equalRuns(new Array<number>(pixels.length / values).fill(1), this.threads);
    if (runs.length < 2) return this.#own.encodePictures(pixels, signal);
    const parts = await this.#share(runs, signal, (by, [from, to], stop) =>
      by.encodePictures(pixels.subarray(from * values, to * values), stop),
    );
    return joinedFloats(parts);
  }

  close(): void {
    for (const member of this.#members) member.close();
    this.#own.close();
  }

  /** Computes each run. A failure of one stops all. */
  async #share<Part>(runs: readonly Run[], signal: AbortSignal | undefined, encode: Encode<Part>): Promise<Part[]> {
    throwIfAborted(signal);
    const stop = new AbortController();
    const pass = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", pass);
    const threads = this.#computing;
    try {
      return await Promise.all(runs.map((run, i) => encode(threads[i]!, run, stop.signal)));
    } catch (error) {
      stop.abort(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", pass);
    }
  }
}

type Numbers = Uint8Array | Float32Array;

function joinedFloats(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return filled(new Float32Array(lengthOf(parts)), parts);
}

function joinedParts<Form extends TokenForm>(parts: readonly EncodedTokens<Form>[], form: Form): EncodedTokens<Form> {
  const some = parts.map(({ tokens }) => tokens);
  const room = form === "bits" ? new Uint8Array(lengthOf(some)) : new Float32Array(lengthOf(some));
  const tokens = filled<Numbers>(room, some) as TokenForms[Form];
  return { vectors: joinedFloats(parts.map(({ vectors }) => vectors)), tokens };
}

function filled<Whole extends Numbers>(whole: Whole, parts: readonly Numbers[]): Whole {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function lengthOf(parts: readonly Numbers[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
