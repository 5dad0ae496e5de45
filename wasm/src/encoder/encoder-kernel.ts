import { PipitError } from "@pipit/core";
import { KernelMemory, type MemoryExports, memoryOf } from "../kernel-memory.ts";
import type { OpenedFile } from "./encoder-file.ts";
import { COLOURS, type EncoderShape, type Matrix, matricesOf, outputOf } from "./encoder-shape.ts";

/**
 * The only file that knows addresses in the encoder module's memory: the packed file as it is, then a workspace that is laid
 * anew for the largest batch so far. Each method is one step of a forward pass over the batch that `begin` named; which steps
 * follow each other is `encoder-pass.ts`.
 *
 * The exports, all of numbers, do one step each on addresses; assembly/encoder says what each computes.
 */
interface Exports extends MemoryExports {
  take(bytes: number): number;
  readonly CODE_BYTES: WebAssembly.Global;
  readonly dots: WebAssembly.Global;
  attentionRoom(tokens: number, head: number): number;
  lookUp(ids: number, rows: number, width: number, table: number, scales: number, out: number): void;
  addLookedUp(ids: number, rows: number, width: number, table: number, scales: number, out: number): void;
  encodeRows(values: number, rows: number, width: number, codes: number, facts: number): void;
  lendNormRow(address: number): void;
  normAfter(...numbers: NormNumbers): void;
  normBefore(...numbers: NormNumbers): void;
  multiply(...numbers: MultiplyNumbers): void;
  gelu(values: number, rows: number, width: number, even: number, codes: number, facts: number): void;
  quickGelu(values: number, rows: number, width: number, even: number, codes: number, facts: number): void;
  attend(...numbers: AttendNumbers): void;
  sumRows(rows: number, count: number, width: number, out: number): void;
  toUnitLength(rows: number, count: number, width: number): void;
}

type NormNumbers = [
  ...[x: number, addend: number, rows: number, width: number, vectors: number, epsilon: number],
  ...[codes: number, facts: number],
];
type MultiplyNumbers = [
  ...[codes: number, facts: number, rows: number, depth: number],
  ...[panels: number, columns: number, channels: number, out: number],
];
type AttendNumbers = [
  ...[rows: number, tokens: number, heads: number, head: number],
  ...[isCausal: number, room: number, mix: number],
];

/** What one pass computes: texts or pictures of so many rows each, one after another. */
export interface Batch {
  /** Rows of each. */
  readonly lengths: readonly number[];
  /** A row's place in the table of tokens, and in that of positions. */
  readonly ids: Uint32Array;
  readonly positions: Uint32Array;
}

/** Inputs of a layer's matrices. */
export const INPUTS = ["normed", "mixed", "evened", "activated"] as const;
export type Input = (typeof INPUTS)[number];

interface Coded {
  readonly codes: number;
  readonly facts: number;
}

interface Workspace extends Readonly<Record<Input, Coded>> {
  /** The residual stream, [rows][width] f32. */
  readonly stream: number;
  /** What a matrix answers, [rows][its channels] f32. */
  readonly answer: number;
  readonly mix: number;
  readonly ids: number;
  readonly positions: number;
  readonly room: number;
  readonly normRow: number;
  /** [texts][width] f32: the pooled stream and the pooled last answer. */
  readonly pooled: number;
  readonly pooledAnswer: number;
  readonly vectors: number;
  /** [rows][inputs of a patch] f32, and their codes. */
  readonly pixels: number;
  readonly patches: Coded;
  readonly end: number;
}

interface Capacity {
  readonly rows: number;
  readonly longest: number;
  readonly texts: number;
}

const FIRST_BYTES = 2 ** 17;
const STAGE_BYTES = 1 << 16;
const FACT_BYTES = 8;
const COLUMN_BYTES = 12;
const NO_ADDEND = 0;

/** The builds by the product of bytes they are made of; assembly/encoder/dots.ts numbers them so. */
export const ENCODER_BUILDS = ["relaxed", "maddubs", "simd"] as const;
export type EncoderBuild = (typeof ENCODER_BUILDS)[number];

export class EncoderKernel {
  private readonly memory: KernelMemory;
  private readonly exports: Exports;
  private readonly codeBytes: number;
  private base = 0;
  private opened: OpenedFile | undefined;
  private matrices: readonly PlacedMatrix[] = [];
  private space: Workspace | undefined;
  private capacity: Capacity = { rows: 0, longest: 0, texts: 0 };
  private workspaceAt = 0;
  private workspaceBytes = 0;
  private probeAt = 0;
  private watcher: ((matrix: number, input: Input) => void) | undefined;
  private batch: Batch = { lengths: [], ids: new Uint32Array(), positions: new Uint32Array() };

  constructor(module: WebAssembly.Module, maxBytes: number) {
    if (maxBytes < FIRST_BYTES) throw memoryIsShort(0);
    const wasm = memoryOf(FIRST_BYTES / 2 ** 16, maxBytes);
    this.exports = new WebAssembly.Instance(module, { env: { memory: wasm } }).exports as unknown as Exports;
    this.memory = new KernelMemory(wasm, this.exports, memoryIsShort);
    this.codeBytes = this.exports.CODE_BYTES.value;
    // Before the file: summing its head must not let memory grow under views of it.
    this.memory.stage(STAGE_BYTES);
  }

  get bytes(): number {
    return this.memory.byteLength;
  }

  get build(): EncoderBuild {
    return ENCODER_BUILDS[this.exports.dots.value as number]!;
  }

  /** XXH64, of this kernel's own memory soonest. */
  get hash() {
    return this.memory.hash;
  }

  /** A place for the packed file, to be filled before `use`. Throws `storage-full`. */
  placeFile(bytes: number): Uint8Array {
    this.base = this.take(bytes);
    return this.memory.bytes(this.base, bytes);
  }

  /** From now on the placed file's weights are meant. */
  use(opened: OpenedFile): void {
    this.opened = opened;
    const { offsets, shape } = opened;
    this.matrices = placeMatrices(shape, this.base + offsets.panels, this.base + offsets.columns);
  }

  /** Lays the workspace for a batch and writes its ids. Throws `storage-full`. */
  begin(batch: Batch): void {
    this.batch = batch;
    const work = this.spaceFor({
      rows: batch.ids.length,
      longest: Math.max(...batch.lengths),
      texts: batch.lengths.length,
    });
    this.memory.u32(work.ids, batch.ids.length).set(batch.ids);
    this.memory.u32(work.positions, batch.positions.length).set(batch.positions);
  }

  /** A place for each patch's pixels, [patches of all pictures][colours][patch][patch] f32. */
  pixels(patches: number): Float32Array {
    const { patch } = this.shape;
    return this.memory.f32(this.work.pixels, patches * COLOURS * patch ** 2);
  }

  /** stream = tokens + positions */
  embedTokens(): void {
    const { ids, stream } = this.work;
    const table = [this.at("tokens"), this.at("tokenScales")] as const;
    this.exports.lookUp(ids, this.rows, this.shape.width, ...table, stream);
    this.addPositions("addLookedUp");
  }

  /** answer = patches by their matrix, a row of zeros before each picture's; stream = positions */
  embedPatches(): void {
    const { pixels, patches, answer } = this.work;
    const { width } = this.shape;
    const matrix = this.matrices[0]!;
    const count = this.rows - this.batch.lengths.length;
    this.exports.encodeRows(pixels, count, matrix.depth, patches.codes, patches.facts);
    let row = 0;
    let patch = 0;
    for (const length of this.batch.lengths) {
      const of = length - 1;
      const from = patches.codes + patch * matrix.depth * this.codeBytes;
      this.memory.bytes(answer + row * width * 4, width * 4).fill(0);
      this.product(
        matrix,
        { codes: from, facts: patches.facts + patch * FACT_BYTES },
        { rows: of, out: answer + (row + 1) * width * 4 },
      );
      row += length;
      patch += of;
    }
    this.addPositions("lookUp");
  }

  private addPositions(how: "lookUp" | "addLookedUp"): void {
    const { positions, stream } = this.work;
    const table = [this.at("positions"), this.at("positionScales")] as const;
    this.exports[how](positions, this.rows, this.shape.width, ...table, stream);
  }

  /** stream = norm(stream + answer), coded into an input. */
  normAfter(norm: number, addend: "answer" | "nothing", to: Input): void {
    this.exports.normAfter(...this.normNumbers(norm, addend, this.work[to]));
  }

  /** stream = stream + answer, its norm coded into an input. */
  normBefore(norm: number, addend: "answer" | "nothing", to: Input): void {
    this.exports.normBefore(...this.normNumbers(norm, addend, this.work[to]));
  }

  private normNumbers(norm: number, addend: "answer" | "nothing", to: Coded): NormNumbers {
    const { stream, answer } = this.work;
    const added = addend === "answer" ? answer : NO_ADDEND;
    return [stream, added, this.rows, this.shape.width, this.normAt(norm), this.shape.epsilon, to.codes, to.facts];
  }

  /** Lets somebody look at a matrix's input before it is multiplied, by `read`. */
  watch(watcher: (matrix: number, input: Input) => void): void {
    this.watcher = watcher;
  }

  /** answer = input by a matrix */
  multiply(matrix: number, input: Input): void {
    this.watcher?.(matrix, input);
    this.product(this.matrices[matrix]!, this.work[input], { rows: this.rows, out: this.work.answer });
  }

  /** mix = attention over the answer's queries, keys and values, then coded as `mixed` */
  attend(): void {
    const { answer, mix, room, mixed } = this.work;
    const { width, heads, attention } = this.shape;
    const isCausal = attention === "causal" ? 1 : 0;
    let row = 0;
    for (const length of this.batch.lengths) {
      const from = answer + row * width * 12;
      this.exports.attend(from, length, heads, width / heads, isCausal, room, mix + row * width * 4);
      row += length;
    }
    this.exports.encodeRows(mix, this.rows, width, mixed.codes, mixed.facts);
  }

  /** The answer activated and evened in place, coded as `activated` */
  activate(layer: number): void {
    const { answer, activated } = this.work;
    const { inner, activation } = this.shape;
    const even = this.at("evening") + layer * inner * 8;
    const step = activation === "gelu" ? this.exports.gelu : this.exports.quickGelu;
    step(answer, this.rows, inner, even, activated.codes, activated.facts);
  }

  /** pooled = of each text the sum of its rows, or one of them */
  pool(): void {
    const { stream, answer, pooled, pooledAnswer } = this.work;
    const { width, pooling } = this.shape;
    const rowBytes = width * 4;
    let row = 0;
    for (const [i, length] of this.batch.lengths.entries()) {
      const picked = pooling === "last" ? row + length - 1 : row;
      if (pooling === "mean") this.exports.sumRows(stream + row * rowBytes, length, width, pooled + i * rowBytes);
      else this.copy(stream + picked * rowBytes, pooled + i * rowBytes, rowBytes);
      this.copy(answer + picked * rowBytes, pooledAnswer + i * rowBytes, rowBytes);
      row += length;
    }
  }

  /** vectors = norm(pooled + its answer), by the projection where there is one */
  normPooled(norm: number): void {
    const { pooled, pooledAnswer, normed, vectors } = this.work;
    const { width, epsilon, projection } = this.shape;
    const texts = this.batch.lengths.length;
    const of = this.normAt(norm);
    this.exports.normAfter(pooled, pooledAnswer, texts, width, of, epsilon, normed.codes, normed.facts);
    if (projection > 0) this.product(this.matrices.at(-1)!, normed, { rows: texts, out: vectors });
  }

  /** The batch's vectors, of unit length: a view that is good until the next step. */
  vectors(): Float32Array {
    const { pooled, vectors } = this.work;
    const width = outputOf(this.shape);
    const texts = this.batch.lengths.length;
    const from = this.shape.projection > 0 ? vectors : pooled;
    this.exports.toUnitLength(from, texts, width);
    return this.memory.f32(from, texts * width);
  }

  /** What a matrix reads, decoded: [rows][width of that input] f32. */
  read(input: Input): Float32Array {
    const { codes, facts } = this.work[input];
    const width = input === "activated" ? this.shape.inner : this.shape.width;
    const count = this.rows * width;
    const stored = this.memory.bytes(codes, count * this.codeBytes);
    const whole = this.codeBytes === 1 ? stored : new Uint16Array(stored.buffer, stored.byteOffset, count);
    const known = this.memory.f32(facts, this.rows * 2);
    return Float32Array.from(whole, (code, i) => {
      const row = Math.floor(i / width);
      return known[row * 2 + 1]! + known[row * 2]! * code;
    });
  }

  /** Microseconds of a product of 6 rows by 24 panels, in memory of its own. Not for a kernel that holds a file. */
  probe(): number {
    const { rows, depth, channels, times } = PROBE;
    this.probeAt ||= this.layProbe();
    const [codes, facts, panels, columns, out] = placesOf(this.probeAt, this.codeBytes);
    const start = performance.now();
    for (let i = 0; i < times; i++) this.exports.multiply(codes, facts, rows, depth, panels, columns, channels, out);
    return ((performance.now() - start) * 1000) / times;
  }

  /** Whether the last probe's answers are all right. */
  isProbeRight(): boolean {
    const out = placesOf(this.probeAt, this.codeBytes)[4];
    return this.memory.f32(out, PROBE.rows * PROBE.channels).every((answer, i) => answer === probeAnswer(i));
  }

  private layProbe(): number {
    const { rows, depth, channels } = PROBE;
    const at = this.take(PROBE.bytes);
    const [codes, facts, panels, columns] = placesOf(at, this.codeBytes);
    const count = rows * depth;
    const stored = this.memory.bytes(codes, count * this.codeBytes);
    const whole = this.codeBytes === 1 ? stored : new Uint16Array(stored.buffer, stored.byteOffset, count);
    for (let i = 0; i < count; i++) whole[i] = probeCode(Math.floor(i / depth), i % depth);
    for (let row = 0; row < rows; row++) this.memory.f32(facts, rows * 2).set([1, 0], row * 2);
    const weights = new Int8Array(this.memory.wasm.buffer, panels, depth * channels);
    for (let i = 0; i < weights.length; i++) weights[i] = probeWeight((i >> 2) & 7, i & 3);
    for (let panel = 0; panel < channels / 8; panel++)
      this.memory.f32(columns, channels * 3).fill(1, panel * 24, panel * 24 + 8);
    return at;
  }

  private product(
    { panels, columns, depth, channels }: PlacedMatrix,
    { codes, facts }: Coded,
    { rows, out }: { readonly rows: number; readonly out: number },
  ): void {
    this.exports.multiply(codes, facts, rows, depth, panels, columns, channels, out);
  }

  private get shape(): EncoderShape {
    return this.opened!.shape;
  }

  private get work(): Workspace {
    return this.space!;
  }

  private get rows(): number {
    return this.batch.ids.length;
  }

  private at(section: keyof OpenedFile["offsets"]): number {
    return this.base + this.opened!.offsets[section];
  }

  private normAt(norm: number): number {
    return this.at("norms") + norm * this.shape.width * 16;
  }

  private copy(from: number, to: number, bytes: number): void {
    this.memory.bytes(to, bytes).set(this.memory.bytes(from, bytes));
  }

  private spaceFor(wanted: Capacity): Workspace {
    const { rows, longest, texts } = this.capacity;
    if (this.space && wanted.rows <= rows && wanted.longest <= longest && wanted.texts <= texts) return this.space;
    const grown = {
      rows: Math.max(rows, wanted.rows),
      longest: Math.max(longest, wanted.longest),
      texts: Math.max(texts, wanted.texts),
    };
    const sizes = this.lay(grown, 0);
    // The workspace is what was taken last: what it lacks is taken right behind it.
    if (this.workspaceAt === 0) this.workspaceAt = this.take(sizes.end);
    else if (sizes.end > this.workspaceBytes) this.take(sizes.end - this.workspaceBytes);
    this.workspaceBytes = Math.max(this.workspaceBytes, sizes.end);
    this.capacity = grown;
    this.space = this.lay(grown, this.workspaceAt);
    this.exports.lendNormRow(this.space.normRow);
    return this.space;
  }

  private lay({ rows, longest, texts }: Capacity, start: number): Workspace {
    const { width, inner, heads, patch } = this.shape;
    let end = start;
    const next = (bytes: number) => {
      const address = end;
      end += Math.ceil(bytes / 64) * 64;
      return address;
    };
    const coded = (values: number): Coded => ({
      codes: next(rows * values * this.codeBytes),
      facts: next(rows * FACT_BYTES),
    });
    const patchValues = COLOURS * patch ** 2;
    return {
      stream: next(rows * width * 4),
      answer: next(rows * Math.max(3 * width, inner) * 4),
      mix: next(rows * width * 4),
      normed: coded(width),
      mixed: coded(width),
      evened: coded(width),
      activated: coded(inner),
      ids: next(rows * 4),
      positions: next(rows * 4),
      room: next(this.exports.attentionRoom(longest, width / heads)),
      normRow: next(width * 4),
      pooled: next(texts * width * 4),
      pooledAnswer: next(texts * width * 4),
      vectors: next(texts * outputOf(this.shape) * 4),
      pixels: next(rows * patchValues * 4),
      patches: coded(patchValues),
      end,
    };
  }

  private take(bytes: number): number {
    // The module counts in 32 bits: more would come out as less.
    const address = bytes < 2 ** 32 ? this.exports.take(bytes) >>> 0 : 0;
    if (address !== 0) return address;
    throw memoryIsShort(this.bytes);
  }
}

const PROBE = { rows: 6, depth: 384, channels: 192, times: 4, bytes: 1 << 18 };

function placesOf(at: number, codeBytes: number): [number, number, number, number, number] {
  const { rows, depth, channels } = PROBE;
  const facts = at + rows * depth * codeBytes;
  const panels = facts + 64;
  const columns = panels + depth * channels;
  return [at, facts, panels, columns, columns + channels * COLUMN_BYTES];
}

// Extremes in the first two rows and channels, where a product of bytes would overflow first.
const probeCode = (row: number, at: number) => (row < 2 ? 127 : (row * 31 + (at & 3) * 7) % 128);
const probeWeight = (channel: number, at: number) => [32, -32, 17 + at * 5, -11 - at * 7][channel & 3]!;

function probeAnswer(i: number): number {
  const [row, channel] = [Math.floor(i / PROBE.channels), i % PROBE.channels];
  let sum = 0;
  for (let at = 0; at < 4; at++) sum += probeCode(row, at) * probeWeight(channel & 7, at);
  return (sum * PROBE.depth) / 4;
}

interface PlacedMatrix extends Matrix {
  readonly panels: number;
  readonly columns: number;
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
