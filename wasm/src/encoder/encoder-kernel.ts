import { PipitError, type TokenForm, type TokenProjection } from "@pipit/core";
import { KernelMemory, memoryOf } from "../shared/kernel-memory.ts";
import {
  COLUMN_BYTES,
  ENCODER_BUILDS,
  type EncoderBuild,
  type EncoderExports,
  FACT_BYTES,
  type NormNumbers,
} from "./encoder-exports.ts";
import type { OpenedFile } from "./encoder-file.ts";
import { COLOURS, type EncoderShape, type Matrix, matricesOf, outputOf } from "./encoder-shape.ts";
import {
  type Capacity,
  type Coded,
  holds,
  type Input,
  layWorkspace,
  type Workspace,
  widened,
} from "./encoder-workspace.ts";
import { panelsOf } from "./panels.ts";
import { projectionRows } from "./projection-check.ts";

/** The input of one pass: texts or pictures of so many rows each, one after another. */
export interface Batch {
  /** Number of rows of each. */
  readonly lengths: readonly number[];
  /** Of each row, its index in the table of tokens, and in that of positions. */
  readonly ids: Uint32Array;
  readonly positions: Uint32Array;
}

const FIRST_BYTES = 2 ** 17;
const STAGE_BYTES = 1 << 16;
const NO_ADDEND = 0;

/**
 * The encoder module's memory: the packed file as it is, then a workspace that is laid out again for the largest batch so far. Each
 * method is one step of a forward pass over the batch that `begin` named; `encoder-pass.ts` has their order. Besides this class, only
 * `encoder-probe.ts` calls the module, in a memory of its own.
 */
export class EncoderKernel {
  readonly #memory: KernelMemory;
  readonly #exports: EncoderExports;
  readonly #codeBytes: number;
  #base = 0;
  #opened: OpenedFile | undefined;
  #matrices: readonly PlacedMatrix[] = [];
  #projection: PlacedProjection | undefined;
  #space: Workspace | undefined;
  #capacity: Capacity = { rows: 0, longest: 0, texts: 0 };
  #workspaceAt = 0;
  #workspaceBytes = 0;
  #watcher: ((matrix: number, input: Input) => void) | undefined;
  #batch: Batch = { lengths: [], ids: new Uint32Array(), positions: new Uint32Array() };

  constructor(module: WebAssembly.Module, maxBytes: number) {
    if (maxBytes < FIRST_BYTES) throw memoryIsShort(0);
    const wasm = memoryOf(FIRST_BYTES / 2 ** 16, maxBytes);
    this.#exports = new WebAssembly.Instance(module, { env: { memory: wasm } }).exports as unknown as EncoderExports;
    this.#memory = new KernelMemory(wasm, this.#exports, memoryIsShort);
    this.#codeBytes = this.#exports.CODE_BYTES.value;
    // Staged before the file is placed: memory must not grow while its head is hashed, because growth detaches views of it.
    this.#memory.stage(STAGE_BYTES);
  }

  get bytes(): number {
    return this.#memory.byteLength;
  }

  get build(): EncoderBuild {
    return ENCODER_BUILDS[this.#exports.dots.value as number]!;
  }

  /** XXH64 of any bytes. Bytes in this kernel's memory are not copied. */
  get hash() {
    return this.#memory.hash;
  }

  /** Takes memory for the packed file, to be filled before `use`. Throws `storage-full`. */
  placeFile(bytes: number): Uint8Array {
    this.#base = this.#take(bytes);
    return this.#memory.bytes(this.#base, bytes);
  }

  /** The steps use the weights of the placed file from now on. */
  use(opened: OpenedFile): void {
    this.#opened = opened;
    const { offsets, shape } = opened;
    this.#matrices = placeMatrices(shape, this.#base + offsets.panels, this.#base + offsets.columns);
  }

  /** Takes memory for a projection of this model, which `tokens` applies. Call it before the first batch. Throws `storage-full`. */
  placeProjection(projection: TokenProjection): void {
    const { width, dimensions, offsets } = projection;
    const { panels, columns } = panelsOf(projectionRows(projection));
    this.#projection = {
      depth: width,
      channels: dimensions,
      panels: this.#place(new Uint8Array(panels.buffer)),
      columns: this.#place(new Uint8Array(columns.buffer)),
      offsets: this.#place(new Uint8Array(Float32Array.from(offsets).buffer)),
    };
  }

  #place(bytes: Uint8Array): number {
    const address = this.#take(bytes.length);
    this.#memory.bytes(address, bytes.length).set(bytes);
    return address;
  }

  /** Lays out the workspace for a batch and writes its ids. Throws `storage-full`. */
  begin(batch: Batch): void {
    this.#batch = batch;
    const work = this.#spaceFor({
      rows: batch.ids.length,
      longest: Math.max(...batch.lengths),
      texts: batch.lengths.length,
    });
    this.#memory.u32(work.ids, batch.ids.length).set(batch.ids);
    this.#memory.u32(work.positions, batch.positions.length).set(batch.positions);
  }

  /** A view for each patch's pixels, [patches of all pictures][colours][patch][patch] f32. */
  pixels(patches: number): Float32Array {
    const { patch } = this.#shape;
    return this.#memory.f32(this.#work.pixels, patches * COLOURS * patch ** 2);
  }

  /** stream = tokens + positions */
  embedTokens(): void {
    const { ids, stream } = this.#work;
    const table = [this.#at("tokens"), this.#at("tokenScales")] as const;
    this.#exports.lookUp(ids, this.#rows, this.#shape.width, ...table, stream);
    this.#addPositions("addLookedUp");
  }

  /** answer = patches by their matrix, a row of zeros before each picture's; stream = positions */
  embedPatches(): void {
    const { pixels, patches, answer } = this.#work;
    const { width } = this.#shape;
    const matrix = this.#matrices[0]!;
    const count = this.#rows - this.#batch.lengths.length;
    this.#exports.encodeRows(pixels, count, matrix.depth, patches.codes, patches.facts);
    let row = 0;
    let patch = 0;
    for (const length of this.#batch.lengths) {
      const of = length - 1;
      const from = patches.codes + patch * matrix.depth * this.#codeBytes;
      this.#memory.bytes(answer + row * width * 4, width * 4).fill(0);
      this.#product(
        matrix,
        { codes: from, facts: patches.facts + patch * FACT_BYTES },
        { rows: of, out: answer + (row + 1) * width * 4 },
      );
      row += length;
      patch += of;
    }
    this.#addPositions("lookUp");
  }

  #addPositions(how: "lookUp" | "addLookedUp"): void {
    const { positions, stream } = this.#work;
    const table = [this.#at("positions"), this.#at("positionScales")] as const;
    this.#exports[how](positions, this.#rows, this.#shape.width, ...table, stream);
  }

  /** stream = norm(stream + answer), coded into an input. */
  normAfter(norm: number, addend: "answer" | "nothing", to: Input): void {
    this.#exports.normAfter(...this.#normNumbers(norm, addend, this.#work[to]));
  }

  /** stream = stream + answer, its norm coded into an input. */
  normBefore(norm: number, addend: "answer" | "nothing", to: Input): void {
    this.#exports.normBefore(...this.#normNumbers(norm, addend, this.#work[to]));
  }

  #normNumbers(norm: number, addend: "answer" | "nothing", to: Coded): NormNumbers {
    const { stream, answer } = this.#work;
    const added = addend === "answer" ? answer : NO_ADDEND;
    return [stream, added, this.#rows, this.#shape.width, this.#normAt(norm), this.#shape.epsilon, to.codes, to.facts];
  }

  /** Calls the watcher before each matrix is multiplied. `read` returns the input. */
  watch(watcher: (matrix: number, input: Input) => void): void {
    this.#watcher = watcher;
  }

  /** answer = input by a matrix */
  multiply(matrix: number, input: Input): void {
    this.#watcher?.(matrix, input);
    this.#product(this.#matrices[matrix]!, this.#work[input], { rows: this.#rows, out: this.#work.answer });
  }

  /** mix = attention over the answer's queries, keys and values, then coded as `mixed` */
  attend(): void {
    const { answer, mix, room, mixed } = this.#work;
    const { width, heads, attention } = this.#shape;
    const isCausal = attention === "causal" ? 1 : 0;
    let row = 0;
    for (const length of this.#batch.lengths) {
      const from = answer + row * width * 12;
      this.#exports.attend(from, length, heads, width / heads, isCausal, room, mix + row * width * 4);
      row += length;
    }
    this.#exports.encodeRows(mix, this.#rows, width, mixed.codes, mixed.facts);
  }

  /** The answer activated and smoothed in place, coded as `activated` */
  activate(layer: number): void {
    const { answer, activated } = this.#work;
    const { inner, activation } = this.#shape;
    const smoothing = this.#at("smoothing") + layer * inner * 8;
    const step = activation === "gelu" ? this.#exports.gelu : this.#exports.quickGelu;
    step(answer, this.#rows, inner, smoothing, activated.codes, activated.facts);
  }

  /** pooled = of each text the sum of its rows, or one of them */
  poolTokens(): void {
    const { stream, answer, pooled, pooledAnswer } = this.#work;
    const { width, pooling } = this.#shape;
    const rowBytes = width * 4;
    let row = 0;
    for (const [i, length] of this.#batch.lengths.entries()) {
      const picked = pooling === "last" ? row + length - 1 : row;
      if (pooling === "mean") this.#exports.sumRows(stream + row * rowBytes, length, width, pooled + i * rowBytes);
      else this.#copy(stream + picked * rowBytes, pooled + i * rowBytes, rowBytes);
      this.#copy(answer + picked * rowBytes, pooledAnswer + i * rowBytes, rowBytes);
      row += length;
    }
  }

  /** vectors = norm(pooled + its answer), by the projection where there is one */
  normPooled(norm: number): void {
    const { pooled, pooledAnswer, normed, vectors } = this.#work;
    const { width, epsilon, projection } = this.#shape;
    const texts = this.#batch.lengths.length;
    const of = this.#normAt(norm);
    this.#exports.normAfter(pooled, pooledAnswer, texts, width, of, epsilon, normed.codes, normed.facts);
    if (projection > 0) this.#product(this.#matrices.at(-1)!, normed, { rows: texts, out: vectors });
  }

  /** The batch's vectors, of unit length: a view that is valid until the next step. */
  vectors(): Float32Array {
    const { pooled, vectors } = this.#work;
    const width = outputOf(this.#shape);
    const texts = this.#batch.lengths.length;
    const from = this.#shape.projection > 0 ? vectors : pooled;
    this.#exports.toUnitLength(from, texts, width);
    return this.#memory.f32(from, texts * width);
  }

  /**
   * The batch's token vectors, without the first and last row of each text, which are special. The final norm has coded the hidden
   * states as `normed`. A view that is valid until the next step.
   */
  tokens(form: TokenForm): Uint8Array | Float32Array {
    const { stream, answer, mix, normed } = this.#work;
    const projection = this.#projection!;
    const { channels, offsets } = projection;
    this.#product(projection, normed, { rows: this.#rows, out: answer });
    this.#exports.centerRows(answer, this.#rows, channels, stream, this.#shape.width, offsets);
    const count = this.#dropSpecials(answer, channels * 4);
    if (form === "bits") {
      this.#exports.signBits(answer, count * channels, mix);
      return this.#memory.bytes(mix, (count * channels) / 8);
    }
    this.#exports.toUnitLength(answer, count, channels);
    return this.#memory.f32(answer, count * channels);
  }

  /** Moves the rows between the first and the last of each text together, and returns their number. */
  #dropSpecials(address: number, rowBytes: number): number {
    const bytes = this.#memory.bytes(address, this.#rows * rowBytes);
    let [row, kept] = [0, 0];
    for (const length of this.#batch.lengths) {
      const inner = Math.max(0, length - 2);
      bytes.copyWithin(kept * rowBytes, (row + 1) * rowBytes, (row + 1 + inner) * rowBytes);
      row += length;
      kept += inner;
    }
    return kept;
  }

  /** A matrix's input, decoded: [rows][width of that input] f32. */
  read(input: Input): Float32Array {
    const { codes, facts } = this.#work[input];
    const width = input === "activated" ? this.#shape.inner : this.#shape.width;
    const count = this.#rows * width;
    const stored = this.#memory.bytes(codes, count * this.#codeBytes);
    const whole = this.#codeBytes === 1 ? stored : new Uint16Array(stored.buffer, stored.byteOffset, count);
    const known = this.#memory.f32(facts, this.#rows * 2);
    return Float32Array.from(whole, (code, i) => {
      const row = Math.floor(i / width);
      return known[row * 2 + 1]! + known[row * 2]! * code;
    });
  }

  #product(
    { panels, columns, depth, channels }: PlacedMatrix,
    { codes, facts }: Coded,
    { rows, out }: { readonly rows: number; readonly out: number },
  ): void {
    this.#exports.multiply(codes, facts, rows, depth, panels, columns, channels, out);
  }

  get #shape(): EncoderShape {
    return this.#opened!.shape;
  }

  get #work(): Workspace {
    return this.#space!;
  }

  get #rows(): number {
    return this.#batch.ids.length;
  }

  #at(section: keyof OpenedFile["offsets"]): number {
    return this.#base + this.#opened!.offsets[section];
  }

  #normAt(norm: number): number {
    return this.#at("norms") + norm * this.#shape.width * 16;
  }

  #copy(from: number, to: number, bytes: number): void {
    this.#memory.bytes(to, bytes).set(this.#memory.bytes(from, bytes));
  }

  #spaceFor(needed: Capacity): Workspace {
    if (this.#space && holds(this.#capacity, needed)) return this.#space;
    const capacity = widened(this.#capacity, needed);
    const shape = this.#shape;
    const codeBytes = this.#codeBytes;
    const roomBytes = this.#exports.attentionRoom(capacity.longest, shape.width / shape.heads);
    const parts = { shape, capacity, codeBytes, roomBytes };
    const bytes = layWorkspace(parts, 0).end;
    // The workspace is the last memory that was taken, so that it grows by taking the missing bytes.
    if (this.#workspaceAt === 0) this.#workspaceAt = this.#take(bytes);
    else if (bytes > this.#workspaceBytes) this.#take(bytes - this.#workspaceBytes);
    this.#workspaceBytes = Math.max(this.#workspaceBytes, bytes);
    this.#capacity = capacity;
    this.#space = layWorkspace(parts, this.#workspaceAt);
    this.#exports.lendNormRow(this.#space.normRow);
    return this.#space;
  }

  #take(bytes: number): number {
    // The module computes in 32 bits, in which a larger number would wrap around.
    const address = bytes < 2 ** 32 ? this.#exports.take(bytes) >>> 0 : 0;
    if (address !== 0) return address;
    throw memoryIsShort(this.bytes);
  }
}

interface PlacedMatrix extends Matrix {
  readonly panels: number;
  readonly columns: number;
}

interface PlacedProjection extends PlacedMatrix {
  readonly offsets: number;
}

function placeMatrices(shape: EncoderShape, panels: number, columns: number): PlacedMatrix[] {
  let [panel, column] = [panels, columns];
  return matricesOf(shape).map(({ depth, channels }) => {
    const placed = { depth, channels, panels: panel, columns: column };
    panel += depth * channels;
    column += channels * COLUMN_BYTES;
    return placed;
  });
}

function memoryIsShort(bytes: number): PipitError {
  return new PipitError("storage-full", {
    got: `an encoder of ${bytes} bytes that memory cannot let grow`,
    expected: "room for the packed file and a batch",
    do: "Raise maxBytes, send shorter texts, or close what else holds memory.",
  });
}
