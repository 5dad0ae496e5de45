import {
  closedError,
  letOthersRun,
  type TokenForm,
  type TokenForms,
  type TokenProjection,
  type TokenSpace,
  type Turn,
  Turns,
  throwIfAborted,
} from "@pipit/core";
import { checkedWhole } from "../shared/option-check.ts";
import { type EncoderBytes, placeBytes } from "./encoder-bytes.ts";
import type { EncoderBuild } from "./encoder-exports.ts";
import { type EncoderAbout, readEncoderFile } from "./encoder-file.ts";
import { assertPixels, assertRows, pictureValues } from "./encoder-input.ts";
import { EncoderKernel } from "./encoder-kernel.ts";
import { encoderPass } from "./encoder-pass.ts";
import { COLOURS, type EncoderShape, outputOf } from "./encoder-shape.ts";
import { assertProjection, noProjection } from "./projection-check.ts";

export type { EncoderBytes } from "./encoder-bytes.ts";

export interface EncoderOptions {
  /** The most that its memory may grow to. Default and maximum 4 GiB. */
  readonly maxBytes?: number | undefined;
  /**
   * Token rows of one pass; a longer text is a pass of its own. More rows take more memory and block the thread longer. Default 256, at
   * most 65,536.
   */
  readonly passRows?: number | undefined;
  /** Makes token vectors with it (`encodeWithTokens`). It belongs to the model whose space it names. */
  readonly projection?: TokenProjection | undefined;
  /** For hosts that may cut calls off: a running call that did nothing for so many milliseconds no longer blocks the next. */
  readonly cutOffMs?: number | undefined;
}

/**
 * A transformer encoder in WebAssembly: rows of ids or pixels in, unit vectors out. A vector's bits depend on its input alone, not on
 * the batch, the build or the machine. Concurrent calls take turns. `close` drops the memory.
 */
export interface Encoder {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  /** The space of its token vectors; undefined without a projection. */
  readonly tokenSpace: TokenSpace | undefined;
  readonly build: EncoderBuild;
  /** Bytes of memory held. */
  readonly bytes: number;
  /** Threads that share a call's rows now, the caller's among them. Fewer after one has died. */
  readonly threads: number;
  /**
   * Token ids, special ones included, to [rows, dimensions]. Fails with `bad-input` for an empty row, a row longer than the model's
   * positions, or an id outside the vocabulary; with `aborted`, `closed` or `storage-full`.
   */
  encodeTokens(rows: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /**
   * As `encodeTokens`, whose bits the vectors have, and in the same pass a vector for each token: as bits of a document or floats of a
   * query. The first and the last id of a row are special and have none. Fails also with `bad-input` without a projection.
   */
  encodeWithTokens<Form extends TokenForm>(
    rows: readonly (readonly number[])[],
    form: Form,
    signal?: AbortSignal,
  ): Promise<EncodedTokens<Form>>;
  /** Pictures [count][3][side][side], prepared for the model, to [count, dimensions]. Fails as `encodeTokens` does. */
  encodePictures(pixels: Float32Array, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  close(): void;
}

/** Vectors of texts, and of their tokens. */
export interface EncodedTokens<Form extends TokenForm> {
  /** [rows, dimensions] */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Of all rows, one after another: a row of n ids has n - 2. */
  readonly tokens: TokenForms[Form];
}

// Milliseconds of work between two turns of the event loop.
const TURN_MS = 8;
const PASS_ROWS = 256;
const MOST_PASS_ROWS = 1 << 16;
const MOST_BYTES = 2 ** 32 - 65_536;

/** Opens a packed file in a kernel instance of its own. Fails with `bad-model` for a torn or foreign file, `storage-full`, `bad-input`. */
export async function openEncoder(
  module: WebAssembly.Module,
  file: EncoderBytes,
  { maxBytes = MOST_BYTES, passRows = PASS_ROWS, cutOffMs, projection }: EncoderOptions = {},
): Promise<Encoder> {
  checkedWhole("passRows", passRows, [1, MOST_PASS_ROWS]);
  checkedWhole("maxBytes", maxBytes, [0, 2 ** 32]);
  const kernel = new EncoderKernel(module, Math.min(maxBytes, MOST_BYTES));
  const place = await placeBytes(kernel, file);
  const opened = await readEncoderFile(place, kernel.hash);
  kernel.use(opened);
  if (projection) {
    assertProjection(projection, opened);
    kernel.placeProjection(projection);
  }
  return new KernelEncoder(kernel, {
    about: opened.about,
    shape: opened.shape,
    projection,
    passRows,
    turns: new Turns({ cutOffMs }),
  });
}

interface Parts {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  readonly projection: TokenProjection | undefined;
  readonly passRows: number;
  readonly turns: Turns;
}

class KernelEncoder implements Encoder {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  readonly build: EncoderBuild;
  readonly threads = 1;
  readonly #projection: TokenProjection | undefined;
  readonly #passRows: number;
  #kernel: EncoderKernel | undefined;
  readonly #turns: Turns;

  constructor(kernel: EncoderKernel, { about, shape, projection, passRows, turns }: Parts) {
    this.#kernel = kernel;
    this.build = kernel.build;
    this.about = about;
    this.shape = shape;
    this.#projection = projection;
    this.#passRows = passRows;
    this.#turns = turns;
  }

  get bytes(): number {
    return this.#kernel?.bytes ?? 0;
  }

  get tokenSpace(): TokenSpace | undefined {
    return this.#projection?.tokenSpace;
  }

  async encodeTokens(rows: readonly (readonly number[])[], signal?: AbortSignal) {
    return this.#encodeRows(rows, { signal });
  }

  async encodeWithTokens<Form extends TokenForm>(
    rows: readonly (readonly number[])[],
    form: Form,
    signal?: AbortSignal,
  ): Promise<EncodedTokens<Form>> {
    if (!this.#projection) throw noProjection();
    const tokens = new TokenCollector(form, tokensIn(rows) * this.#projection.dimensions);
    const vectors = await this.#encodeRows(rows, { signal, also: (kernel) => tokens.add(kernel) });
    return { vectors, tokens: tokens.all };
  }

  #encodeRows(rows: readonly (readonly number[])[], work: Pick<Work<Tokens>, "signal" | "also">) {
    assertRows(rows, this.shape);
    const groups = groupsOf(rows, this.#passRows).map(tokensOf);
    return this.#encode(groups, { ...work, count: rows.length, fill: (kernel, group) => beginTokens(kernel, group) });
  }

  async encodePictures(pixels: Float32Array, signal?: AbortSignal) {
    assertPixels(pixels, this.shape);
    const values = pictureValues(this.shape);
    const each = Math.max(1, Math.floor(this.#passRows / this.shape.positions));
    const groups = range(0, pixels.length, values * each).map((from) => pixels.subarray(from, from + values * each));
    const begin = (kernel: EncoderKernel, group: Float32Array) => beginPictures(kernel, group, this.shape);
    return this.#encode(groups, { count: pixels.length / values, signal, fill: begin });
  }

  close(): void {
    this.#kernel = undefined;
  }

  #encode<Group>(groups: readonly Group[], work: Work<Group>): Promise<Float32Array<ArrayBuffer>> {
    return this.#turns.take((turn) => this.#run(groups, { ...work, turn }));
  }

  async #run<Group>(
    groups: readonly Group[],
    { count, signal, fill, also, turn }: Work<Group> & { readonly turn: Turn },
  ) {
    throwIfAborted(signal);
    this.#open();
    const out = new Float32Array(count * outputOf(this.shape));
    let at = 0;
    let since = performance.now();
    for (const group of groups) {
      fill(this.#open(), group);
      for (const _ of encoderPass(this.#open(), this.shape)) {
        if (performance.now() - since < TURN_MS) continue;
        await letOthersRun();
        throwIfAborted(signal);
        turn.step();
        since = performance.now();
        this.#open();
      }
      const vectors = this.#open().vectors();
      out.set(vectors, at);
      at += vectors.length;
      also?.(this.#open());
    }
    return out;
  }

  #open(): EncoderKernel {
    if (this.#kernel) return this.#kernel;
    throw closedError("encoder");
  }
}

interface Work<Group> {
  readonly count: number;
  readonly signal: AbortSignal | undefined;
  fill(kernel: EncoderKernel, group: Group): void;
  /** Reads more of a group's results. */
  readonly also?: (kernel: EncoderKernel) => void;
}

/** Collects token vectors, pass by pass. */
class TokenCollector<Form extends TokenForm> {
  readonly all: TokenForms[Form];
  readonly #form: Form;
  #at = 0;

  /** `values` is the number of all values to come. */
  constructor(form: Form, values: number) {
    this.#form = form;
    const all: TokenForms[TokenForm] = form === "bits" ? new Uint8Array(values / 8) : new Float32Array(values);
    this.all = all as TokenForms[Form];
  }

  add(kernel: EncoderKernel): void {
    const some = kernel.tokens(this.#form);
    this.all.set(some, this.#at);
    this.#at += some.length;
  }
}

/** The number of ids between the first and the last of each row. */
function tokensIn(rows: readonly (readonly number[])[]): number {
  return rows.reduce((sum, row) => sum + Math.max(0, row.length - 2), 0);
}

interface Tokens {
  readonly lengths: readonly number[];
  readonly ids: Uint32Array;
}

/** Copies the ids, so that they do not change between the check and the call's turn. */
function tokensOf(rows: readonly (readonly number[])[]): Tokens {
  return { lengths: rows.map((row) => row.length), ids: Uint32Array.from(rows.flat()) };
}

function beginTokens(kernel: EncoderKernel, { lengths, ids }: Tokens): void {
  kernel.begin({ lengths, ids, positions: countEach(lengths) });
}

function beginPictures(kernel: EncoderKernel, pixels: Float32Array, shape: EncoderShape): void {
  const { picture, patch, positions } = shape;
  const count = pixels.length / pictureValues(shape);
  const lengths = new Array<number>(count).fill(positions);
  kernel.begin({ lengths, ids: new Uint32Array(count * positions), positions: countEach(lengths) });
  cutPatches(pixels, { picture, patch }, kernel.pixels(count * (positions - 1)));
}

/** [pictures][colours][side][side] to [patches][colours][patch][patch], patches row by row. */
function cutPatches(
  pixels: Float32Array,
  { picture, patch }: { readonly picture: number; readonly patch: number },
  out: Float32Array,
): void {
  const across = picture / patch;
  let at = 0;
  for (let first = 0; first < pixels.length; first += COLOURS * picture ** 2) {
    for (let place = 0; place < across ** 2; place++) {
      const corner = Math.floor(place / across) * patch * picture + (place % across) * patch;
      for (let line = 0; line < COLOURS * patch; line++) {
        const colour = Math.floor(line / patch);
        const from = first + (colour * picture + (line % patch)) * picture + corner;
        out.set(pixels.subarray(from, from + patch), at);
        at += patch;
      }
    }
  }
}

/** 0, 1, 2, ... restarted for each length. */
function countEach(lengths: readonly number[]): Uint32Array {
  return Uint32Array.from(lengths.flatMap((length) => range(0, length, 1)));
}

/** Groups neighbouring rows of up to `most` ids together. A longer row is a group of its own. */
function groupsOf(rows: readonly (readonly number[])[], most: number): (readonly number[])[][] {
  const groups: (readonly number[])[][] = [];
  let ids = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (ids + row.length > most) {
      groups.push([]);
      ids = 0;
    }
    groups.at(-1)!.push(row);
    ids += row.length;
  }
  return groups;
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}
