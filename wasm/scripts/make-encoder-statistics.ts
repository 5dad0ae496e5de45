/**
 * Writes src/encoder/pack/minilm-statistics.ts: what the inputs of MiniLM's matrices look like over a few thousand texts that
 * are licensed for training on. `node --conditions=pipit-source wasm/scripts/make-encoder-statistics.ts ASSETS`, where ASSETS
 * holds models/all-MiniLM-L6-v2 and text/train. The same assets give the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createTextTokenizer, MINILM } from "@pipit/core";
import { readEncoderFile } from "../src/encoder/encoder-file.ts";
import { EncoderKernel } from "../src/encoder/encoder-kernel.ts";
import { encoderPass } from "../src/encoder/encoder-pass.ts";
import { matricesOf } from "../src/encoder/encoder-shape.ts";
import { type Input, LAYER_INPUTS } from "../src/encoder/encoder-workspace.ts";
import { bertFamily } from "../src/encoder/pack/encoder-family.ts";
import { packEncoder } from "../src/encoder/pack/pack-encoder.ts";
import type { InputStatistics } from "../src/encoder/pack/smoothing.ts";
import { encodeStatistics } from "../src/encoder/pack/statistics.ts";
import { openWeights } from "../src/encoder/weights/open-weights.ts";
import { loadBuild } from "../src/node.ts";
import { trainTexts } from "./train-texts.ts";

/** Texts taken of each file, evenly spread over it. */
const TEXTS = {
  "openstax-paragraphs": 400,
  "openstax-titles": 300,
  "nlu-evaluation": 800,
  "open-trivia": 800,
  "schema-guided-dialogue": 800,
};
const HEADS = 12;
const OUT = fileURLToPath(new URL("../src/encoder/pack/minilm-statistics.ts", import.meta.url));

const [assets] = process.argv.slice(2);
if (!assets) throw new Error("got no folder, expected one with models/all-MiniLM-L6-v2 and text/train. Name it.");
const read = (path: string) => new Uint8Array(readFileSync(`${assets}/models/all-MiniLM-L6-v2/${path}`));

/** Sees the inputs as a kernel without smoothing reads them: codes of its own, near enough to tell a channel's reach. */
async function collect(rows: readonly (readonly number[])[]) {
  const kernel = new EncoderKernel(await loadBuild("maddubs", "encoder"), 2 ** 30);
  const weights = openWeights(read("onnx/model.onnx"));
  const about = { space: MINILM.space, producer: { name: "not smoothed", fidelity: { mean: 0, min: 0 } } };
  const file = await packEncoder({ weights, family: bertFamily("mean"), heads: HEADS, about, hash: kernel.hash });
  const place = kernel.placeFile(file.length);
  place.set(file);
  const opened = await readEncoderFile(place, kernel.hash);
  kernel.use(opened);
  const { shape } = opened;
  const matrices = matricesOf(shape);
  const seen = matrices.map(({ depth }) => new Seen(depth));
  kernel.watch((matrix: number, input: Input) => seen[matrix]!.add(kernel.read(input)));
  for (const row of rows) {
    kernel.begin({ lengths: [row.length], ids: Uint32Array.from(row), positions: Uint32Array.from(row.keys()) });
    for (const _ of encoderPass(kernel, shape));
  }
  const of = (layer: number, place: number) => seen[layer * LAYER_INPUTS.length + place]!.statistics();
  return Array.from({ length: shape.layers }, (_, layer) => ({
    normed: of(layer, 0),
    mixed: of(layer, 1),
    smoothed: of(layer, 2),
    activated: of(layer, 3),
  }));
}

/** One matrix's input, channel by channel. */
class Seen {
  readonly #sums: Float64Array;
  readonly #minima: Float32Array;
  readonly #maxima: Float32Array;
  #rows = 0;

  constructor(channels: number) {
    this.#sums = new Float64Array(channels);
    this.#minima = new Float32Array(channels).fill(Number.POSITIVE_INFINITY);
    this.#maxima = new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
  }

  add(values: Float32Array): void {
    const channels = this.#sums.length;
    for (let i = 0; i < values.length; i++) {
      const channel = i % channels;
      this.#sums[channel]! += values[i]!;
      this.#minima[channel] = Math.min(this.#minima[channel]!, values[i]!);
      this.#maxima[channel] = Math.max(this.#maxima[channel]!, values[i]!);
    }
    this.#rows += values.length / channels;
  }

  /** The mean, and the farthest from it on either side. */
  statistics(): InputStatistics {
    const centers = Float32Array.from(this.#sums, (sum) => sum / this.#rows);
    const reaches = centers.map((center, i) => Math.max(this.#maxima[i]! - center, center - this.#minima[i]!));
    return { centers, reaches };
  }
}

function source(bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString("base64");
  return `// Made by scripts/make-encoder-statistics.ts; statistics.ts says what the bytes mean.\nexport const MINILM_STATISTICS =\n  "${base64}";\n`;
}

const tokenizer = createTextTokenizer(read("tokenizer.json"), MINILM);
const rows = Object.entries(TEXTS).flatMap(([file, count]) =>
  trainTexts(assets, file, count).map((text) => tokenizer.encode(text)),
);
writeFileSync(OUT, source(encodeStatistics(await collect(rows))));
console.log(`${rows.length} texts, ${rows.flat().length} tokens: ${OUT}`);
