import { PipitError, throwIfAborted } from "@pipit/core";
import { assertWhole } from "../option-check.ts";
import { type EncoderAbout, readEncoderFile } from "./encoder-file.ts";
import { type EncoderBuild, EncoderKernel } from "./encoder-kernel.ts";
import { encoderPass } from "./encoder-pass.ts";
import { COLOURS, type EncoderShape, outputOf } from "./encoder-shape.ts";
import { letOthersRun } from "./let-others-run.ts";

export interface EncoderOptions {
  /** What its memory may grow to, 4 GiB at most and unless told. */
  readonly maxBytes?: number | undefined;
  /** Rows of one pass at most, a longer text alone excepted: more take more memory and hold the thread longer. 256 unless told, 65,536 at most. */
  readonly passRows?: number | undefined;
}

/** A packed file, whole or as it comes: pieces in order and how many bytes they are together. */
export type EncoderBytes =
  | Uint8Array
  | { readonly bytes: number; readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };

/**
 * A transformer encoder in WebAssembly. Rows of ids or pixels in, unit vectors out; a vector's bits depend on its text alone,
 * not on its batch, the build or the machine. Calls at once take turns. After `close` its memory is gone.
 */
export interface Encoder {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  readonly build: EncoderBuild;
  /** Bytes of memory held. */
  readonly bytes: number;
  /**
   * Token ids, special ones included, to [rows, dimensions]. Fails with `bad-input` for a row of no ids, of more than
   * the model has positions, or with an id outside its vocabulary; `aborted`; `closed`; `storage-full`.
   */
  encodeTokens(rows: readonly (readonly number[])[], signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  /** Pictures [count][3][side][side] as the model wants them, to [count, dimensions]. Fails as `encodeTokens` does. */
  encodePictures(pixels: Float32Array, signal?: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
  close(): void;
}

// An idle thread's turn now and then: about a frame.
const TURN_MS = 8;
const PASS_ROWS = 256;
const MOST_PASS_ROWS = 1 << 16;
const MOST_BYTES = 2 ** 32 - 65_536;

/** Opens a packed file in an instance of its own. Throws `bad-model` for one that is torn or foreign, `storage-full`, `bad-input`. */
export async function openEncoder(
  module: WebAssembly.Module,
  file: EncoderBytes,
  { maxBytes = MOST_BYTES, passRows = PASS_ROWS }: EncoderOptions = {},
): Promise<Encoder> {
  assertWhole("passRows", passRows, [1, MOST_PASS_ROWS]);
  assertWhole("maxBytes", maxBytes, [0, 2 ** 32]);
  const kernel = new EncoderKernel(module, Math.min(maxBytes, MOST_BYTES));
  const place = await fill(kernel, file);
  const opened = await readEncoderFile(place, kernel.hash);
  kernel.use(opened);
  return new KernelEncoder(kernel, { about: opened.about, shape: opened.shape, passRows });
}

async function fill(kernel: EncoderKernel, file: EncoderBytes): Promise<Uint8Array> {
  if (file instanceof Uint8Array) {
    const place = kernel.placeFile(file.length);
    place.set(file);
    return place;
  }
  const place = kernel.placeFile(file.bytes);
  let at = 0;
  for await (const piece of file.pieces) {
    if (at + piece.length > place.length) throw anotherLength(`more than ${file.bytes} bytes`, file.bytes);
    place.set(piece, at);
    at += piece.length;
  }
  if (at !== place.length) throw anotherLength(`${at} bytes`, file.bytes);
  return place;
}

function anotherLength(got: string, announced: number): PipitError {
  return new PipitError("bad-model", {
    got: `${got} of a packed encoder`,
    expected: `${announced}, as announced`,
    do: "Fetch the file again.",
  });
}

interface Parts {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  readonly passRows: number;
}

class KernelEncoder implements Encoder {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  readonly build: EncoderBuild;
  readonly #passRows: number;
  #kernel: EncoderKernel | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(kernel: EncoderKernel, { about, shape, passRows }: Parts) {
    this.#kernel = kernel;
    this.build = kernel.build;
    this.about = about;
    this.shape = shape;
    this.#passRows = passRows;
  }

  get bytes(): number {
    return this.#kernel?.bytes ?? 0;
  }

  async encodeTokens(rows: readonly (readonly number[])[], signal?: AbortSignal) {
    this.#assertInput("tokens");
    for (const row of rows) assertTokens(row, this.shape);
    const groups = groupsOf(rows, this.#passRows).map(tokensOf);
    return this.#encode(groups, { count: rows.length, signal, fill: (kernel, group) => beginTokens(kernel, group) });
  }

  async encodePictures(pixels: Float32Array, signal?: AbortSignal) {
    this.#assertInput("patches");
    const { picture, positions } = this.shape;
    const values = COLOURS * picture ** 2;
    if (pixels.length % values !== 0 || pixels.length === 0) throw wrongPixels(pixels.length, values);
    const each = Math.max(1, Math.floor(this.#passRows / positions));
    const groups = range(0, pixels.length, values * each).map((from) => pixels.subarray(from, from + values * each));
    const begin = (kernel: EncoderKernel, group: Float32Array) => beginPictures(kernel, group, this.shape);
    return this.#encode(groups, { count: pixels.length / values, signal, fill: begin });
  }

  close(): void {
    this.#kernel = undefined;
  }

  #encode<Group>(groups: readonly Group[], work: Work<Group>): Promise<Float32Array<ArrayBuffer>> {
    const done = this.#turn.then(() => this.#run(groups, work));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #run<Group>(groups: readonly Group[], { count, signal, fill }: Work<Group>) {
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
        since = performance.now();
        this.#open();
      }
      const vectors = this.#open().vectors();
      out.set(vectors, at);
      at += vectors.length;
    }
    return out;
  }

  #open(): EncoderKernel {
    if (this.#kernel) return this.#kernel;
    throw new PipitError("closed", { got: "a call", expected: "none after close", do: "Open the encoder again." });
  }

  #assertInput(input: EncoderShape["input"]): void {
    if (this.shape.input === input) return;
    throw new PipitError("bad-input", {
      got: input === "tokens" ? "token ids" : "pixels",
      expected: this.shape.input === "tokens" ? "token ids" : "pixels",
      do: "Use the tower that reads them.",
    });
  }
}

interface Work<Group> {
  readonly count: number;
  readonly signal: AbortSignal | undefined;
  fill(kernel: EncoderKernel, group: Group): void;
}

interface Tokens {
  readonly lengths: readonly number[];
  readonly ids: Uint32Array;
}

/** A copy: what was found to be ids of the vocabulary must still be when its turn comes. */
function tokensOf(rows: readonly (readonly number[])[]): Tokens {
  return { lengths: rows.map((row) => row.length), ids: Uint32Array.from(rows.flat()) };
}

function beginTokens(kernel: EncoderKernel, { lengths, ids }: Tokens): void {
  kernel.begin({ lengths, ids, positions: countEach(lengths) });
}

function beginPictures(kernel: EncoderKernel, pixels: Float32Array, shape: EncoderShape): void {
  const { picture, patch, positions } = shape;
  const count = pixels.length / (COLOURS * picture ** 2);
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

/** 0, 1, 2... anew for each length. */
function countEach(lengths: readonly number[]): Uint32Array {
  return Uint32Array.from(lengths.flatMap((length) => range(0, length, 1)));
}

/** Neighbours together, up to so many ids; a longer row by itself. */
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

function assertTokens(row: readonly number[], { positions, vocabulary }: EncoderShape): void {
  if (row.length === 0 || row.length > positions) {
    throw new PipitError("bad-input", {
      got: `${row.length} token ids`,
      expected: `1 to ${positions}`,
      do: row.length === 0 ? "Wrap the text in its special tokens." : "Cut the text to the model's window.",
    });
  }
  const wrong = row.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (wrong === undefined) return;
  throw new PipitError("bad-input", {
    got: `the token id ${wrong}`,
    expected: `whole numbers from 0 to ${vocabulary - 1}`,
    do: "Use the tokenizer that belongs to the model.",
  });
}

function wrongPixels(got: number, values: number): PipitError {
  return new PipitError("bad-input", {
    got: `${got} pixel values`,
    expected: `${values} a picture, and one picture at least`,
    do: "Cut and scale pictures as the model wants them: [3][side][side] f32 each.",
  });
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
}
