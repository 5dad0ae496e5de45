import { letOthersRun, PipitError, throwIfAborted } from "@pipit/core";
import type { HashPieces } from "../../shared/snapshot/container.ts";
import { type EncoderAbout, type EncoderPlanes, writeEncoderFile } from "../encoder-file.ts";
import { COLOURS, type EncoderShape, unsupportedShape, whyNotShape } from "../encoder-shape.ts";
import { type Input, LAYER_INPUTS } from "../encoder-workspace.ts";
import { badModel } from "../weights/bad-model.ts";
import type { WeightSource } from "../weights/weight-source.ts";
import { type EncoderFamily, layerName, shapeFrom } from "./encoder-family.ts";
import { packMatrix } from "./pack-matrix.ts";
import { packTable } from "./pack-table.ts";
import { type InputStatistics, noSmoothing, type Smoothing, smoothingOf } from "./smoothing.ts";

export type LayerStatistics = Readonly<Record<Input, InputStatistics>>;

export interface EncoderToPack {
  readonly weights: WeightSource;
  readonly family: EncoderFamily;
  readonly about: EncoderAbout;
  readonly heads: number;
  /** Positions to keep. Default: all. */
  readonly positions?: number | undefined;
  /** Statistics of each layer's inputs. Without them no input channel is smoothed. */
  readonly statistics?: readonly LayerStatistics[] | undefined;
  readonly hash: HashPieces;
}

export interface PackOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of packed layers. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The bytes of a packed encoder; equal for equal input. It yields to the event loop between layers. Rejects with `bad-model`,
 * `unsupported`, `aborted`, and with `bad-input` for statistics of another shape.
 */
export async function packEncoder(
  parts: EncoderToPack,
  { signal, onProgress }: PackOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { weights, family, about, statistics, hash } = parts;
  const shape = shapeFrom(weights, family, parts);
  const why = whyNotShape(shape);
  if (why) throw unsupportedShape(why);
  if (statistics) assertStatistics(statistics, shape);
  const packing = new Packing(weights, family, { shape, statistics });
  for (const done of packing.layers()) {
    onProgress?.(done, shape.layers);
    await letOthersRun();
    throwIfAborted(signal);
  }
  return writeEncoderFile({ about, shape }, packing.planes(), hash);
}

function assertStatistics(statistics: readonly LayerStatistics[], { layers, width, inner }: EncoderShape): void {
  const widths = { normed: width, mixed: width, smoothed: width, activated: inner };
  const isFit = (seen: LayerStatistics) => LAYER_INPUTS.every((input) => seen[input].reaches.length === widths[input]);
  if (statistics.length === layers && statistics.every(isFit)) return;
  throw new PipitError("bad-input", {
    got: `statistics of ${statistics.length} layers, not all as wide as the model's`,
    expected: `${layers} layers of ${width} channels, ${inner} of them inner`,
    do: "Pack with the recipe that belongs to the model.",
  });
}

interface LayerSmoothing {
  readonly normed: Smoothing;
  readonly mixed: Smoothing;
  readonly smoothed: Smoothing;
  readonly activated: Smoothing;
}

interface Linear {
  readonly weights: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
}

interface PackingParts {
  readonly shape: EncoderShape;
  readonly statistics: readonly LayerStatistics[] | undefined;
}

/** Collects the file's planes, one matrix at a time, so that only one unpacked matrix is held. */
class Packing {
  readonly #weights: WeightSource;
  readonly #family: EncoderFamily;
  readonly #shape: EncoderShape;
  readonly #statistics: readonly LayerStatistics[] | undefined;
  readonly #panels: Int8Array[] = [];
  readonly #columns: Float32Array[] = [];
  readonly #norms: Float32Array[] = [];
  readonly #smoothing: Float32Array[] = [];

  constructor(weights: WeightSource, family: EncoderFamily, { shape, statistics }: PackingParts) {
    this.#weights = weights;
    this.#family = family;
    this.#shape = shape;
    this.#statistics = statistics;
  }

  /** Packs everything but the tables, and yields the number of finished layers. */
  *layers(): Generator<number> {
    const { width, layers, norm, projection, patch } = this.#shape;
    const { embeddingNorm, finalNorm, patches, projection: projected } = this.#family;
    if (patches)
      this.#matrix({ weights: this.#read(patches, [width, COLOURS, patch, patch]), bias: new Float32Array(width) });
    let smoothing = this.#smoothingOf(0);
    if (embeddingNorm) this.#norm(embeddingNorm, norm === "after" ? smoothing.normed : noSmoothing(width));
    for (let layer = 0; layer < layers; layer++) {
      yield layer;
      const next = layer + 1 < layers ? this.#smoothingOf(layer + 1) : undefined;
      this.#layer(layer, smoothing, next);
      smoothing = next ?? smoothing;
    }
    if (finalNorm) this.#norm(finalNorm, noSmoothing(width));
    if (projected)
      this.#matrix({ weights: this.#read(projected, [projection, width]), bias: new Float32Array(projection) });
    yield layers;
  }

  /** Call it after `layers` has ended. */
  planes(): EncoderPlanes {
    return { ...this.#tables(), ...this.#collected() };
  }

  #tables() {
    const { vocabulary, positions, width } = this.#shape;
    const { tokens, positions: table, typed, classRow } = this.#family;
    const rows = this.#read(table, [this.#rowsOf(table), width]).slice(0, positions * width);
    const type = typed ? this.#read(typed, [this.#rowsOf(typed), width]) : undefined;
    if (type) for (let i = 0; i < rows.length; i++) rows[i]! += type[i % width]!;
    const first = classRow ? this.#read(classRow, [width]) : undefined;
    if (first) for (let i = 0; i < width; i++) rows[i]! += first[i]!;
    const words = packTable(
      tokens ? this.#read(tokens, [vocabulary, width]) : new Float32Array(vocabulary * width),
      width,
    );
    const places = packTable(rows, width);
    return {
      tokens: words.codes,
      tokenScales: words.scales,
      positions: places.codes,
      positionScales: places.scales,
    };
  }

  #collected() {
    return {
      panels: joined(this.#panels),
      columns: joined(this.#columns),
      norms: joined(this.#norms),
      smoothing: joined(this.#smoothing),
    };
  }

  #layer(layer: number, smoothing: LayerSmoothing, next: LayerSmoothing | undefined): void {
    const { norms, mixed, inner, outer } = this.#family.layer;
    const { width, norm, inner: wide } = this.#shape;
    const [first, second] = norms.map((name) => layerName(name, layer)) as [string, string];
    if (norm === "before") this.#norm(first, smoothing.normed);
    this.#matrix(smoothed(this.#queriesKeysValues(layer, smoothing.mixed), smoothing.normed));
    this.#matrix(smoothed(this.#linear(mixed, layer, [width, width]), smoothing.mixed));
    this.#norm(norm === "before" ? second : first, smoothing.smoothed);
    this.#matrix(smoothed(this.#linear(inner, layer, [wide, width]), smoothing.smoothed));
    this.#smoothing.push(smoothing.activated.factors.map((factor) => 1 / factor));
    this.#smoothing.push(smoothing.activated.factors.map((factor, i) => -smoothing.activated.shifts[i]! / factor));
    this.#matrix(smoothed(this.#linear(outer, layer, [width, wide]), smoothing.activated));
    if (norm === "after") this.#norm(second, next?.normed ?? noSmoothing(width));
  }

  /** Joins three matrices into one. Values are smoothed here: attention's weighted sum of them keeps the same factors. */
  #queriesKeysValues(layer: number, mixed: Smoothing): Linear {
    const { query, key, value } = this.#family.layer;
    const { width } = this.#shape;
    const [queries, keys, values] = [query, key, value].map((name) => this.#linear(name, layer, [width, width])) as [
      Linear,
      Linear,
      Linear,
    ];
    for (let i = 0; i < values.weights.length; i++) values.weights[i]! /= mixed.factors[Math.floor(i / width)]!;
    const bias = values.bias.map((shift, i) => (shift - mixed.shifts[i]!) / mixed.factors[i]!);
    return {
      weights: concatenated([queries.weights, keys.weights, values.weights]),
      bias: concatenated([queries.bias, keys.bias, bias]),
    };
  }

  #linear(template: string, layer: number, [channels, depth]: readonly [number, number]): Linear {
    const name = layerName(template, layer);
    const weights = this.#read(`${name}.weight`, [channels, depth]);
    return { weights, bias: this.#read(`${name}.bias`, [channels]) };
  }

  #rowsOf(table: string): number {
    return this.#weights.dims(table)?.[0] ?? 0;
  }

  /** Throws `bad-model` for missing weights, and for weights whose shape does not fit the model's others. */
  #read(name: string, dims: readonly number[]): Float32Array<ArrayBuffer> {
    const got = this.#weights.dims(name);
    if (got && got.join() !== dims.join())
      throw badModel(`weights ${name} of shape [${got.join(", ")}]`, `[${dims.join(", ")}] beside the others`);
    return this.#weights.read(name);
  }

  #smoothingOf(layer: number): LayerSmoothing {
    const { width, inner } = this.#shape;
    const { query, key, value, mixed, inner: up, outer } = this.#family.layer;
    const seen = this.#statistics?.[layer];
    const of = (input: keyof LayerStatistics, names: readonly string[], depth: number) =>
      seen ? smoothingOf(seen[input], this.#inputReach(names, layer, depth)) : noSmoothing(depth);
    return {
      normed: of("normed", [query, key, value], width),
      mixed: of("mixed", [mixed], width),
      smoothed: of("smoothed", [up], width),
      activated: of("activated", [outer], inner),
    };
  }

  /** The greatest absolute weight of each input channel. */
  #inputReach(templates: readonly string[], layer: number, depth: number): Float32Array {
    const reach = new Float32Array(depth);
    for (const template of templates) {
      const weights = this.#weights.read(`${layerName(template, layer)}.weight`);
      for (let i = 0; i < weights.length; i++) reach[i % depth] = Math.max(reach[i % depth]!, Math.abs(weights[i]!));
    }
    return reach;
  }

  #matrix({ weights, bias }: Linear): void {
    const { panels, columns } = packMatrix({ weights, bias, depth: weights.length / bias.length });
    this.#panels.push(panels);
    this.#columns.push(columns);
  }

  /** Gain and shift of the model, then the ones that smooth the next matrix's input. */
  #norm(name: string, { shifts, factors }: Smoothing): void {
    const gain = this.#read(`${name}.weight`, [shifts.length]);
    const shift = this.#read(`${name}.bias`, [shifts.length]);
    this.#norms.push(gain, shift);
    this.#norms.push(gain.map((value, i) => value / factors[i]!));
    this.#norms.push(shift.map((value, i) => (value - shifts[i]!) / factors[i]!));
  }
}

/** The matrix for a smoothed input: weights times factors, with the shifts' contribution in the bias. */
function smoothed({ weights, bias }: Linear, { shifts, factors }: Smoothing): Linear {
  const depth = factors.length;
  const shifted = bias.map((value, channel) => {
    let sum = 0;
    for (let i = 0; i < depth; i++) sum += weights[channel * depth + i]! * shifts[i]!;
    return value + sum;
  });
  for (let i = 0; i < weights.length; i++) weights[i]! *= factors[i % depth]!;
  return { weights, bias: shifted };
}

function concatenated(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return new Float32Array(joined(parts).buffer);
}

function joined(parts: readonly (Float32Array | Int8Array)[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}
