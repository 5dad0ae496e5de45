import { readdirSync, readFileSync } from "node:fs";
import { assetPath } from "@pipit/test/fixtures/assets";
import * as graphs from "@pipit/test/fixtures/encoder-graphs";
import { below, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import type { BenchReport, Goal, Log } from "../bench.ts";
import { type CallSet, compareEngines, rateRows, timesOf } from "./comparison.ts";
import type { Asked, ModelFiles } from "./engine.ts";
import { cosinesOf, meanOf, vectorsOf } from "./fidelity.ts";
import { callsOf } from "./inputs.ts";
import type { Prepared } from "./prepared.ts";

const PICTURES = 4;
const TEXTS = { 10: 32, 77: 6 };
const ROUNDS = 6;
const SIDE = 224;
const MEAN = [0.48145466, 0.4578275, 0.40821073];
const DEVIATION = [0.26862954, 0.26130258, 0.27577711];
// The two ids that begin and end a text are the highest.
const WORDS = graphs.CLIP_TEXT.vocabulary - 2;
const BESIDE = "ort-web-q8";
const LEAST_PARITY = 0.995;
const LEAST_TIMES = 2;
const WIDTH = graphs.CLIP_TEXT.projection;

/** CLIP ViT-B/32's towers in full size with seeded weights, dynamically quantised as on hubs; the kernel's file has the same weights. */
export async function towers(prepared: Prepared, log: Log): Promise<BenchReport> {
  const pictures: CallSet = { name: "CLIP, pictures", unit: "pictures", count: PICTURES, calls: pictureCalls() };
  const texts = Object.entries(TEXTS).map(([tokens, count]) => textSet(Number(tokens), count));
  const seen = await tower(prepared, { files: prepared.clipPicture, sets: [pictures] }, log);
  const read = await tower(prepared, { files: prepared.clipText, sets: texts }, log);
  return { rows: [...seen.rows, ...read.rows], goals: [...seen.goals, ...read.goals] };
}

interface Tower {
  readonly files: ModelFiles;
  readonly sets: readonly CallSet[];
}

async function tower({ picked }: Prepared, { files, sets }: Tower, log: Log): Promise<BenchReport> {
  const engines = [picked, BESIDE, "ort-node-q8"] as const;
  const rates = await compareEngines({ engines, files, sets, rounds: ROUNDS }, log);
  const calls = sets.flatMap((set) => set.calls);
  const [ours, native] = [
    await vectorsOf({ engine: picked, files }, calls),
    await vectorsOf({ engine: "ort-node-q8", files }, calls),
  ];
  const cosines = cosinesOf(ours, native, WIDTH);
  const subject = `${files.kind}: kernel beside onnxruntime-node q8`;
  const parity = { min: Number(Math.min(...cosines).toFixed(5)), mean: Number(meanOf(cosines).toFixed(5)) };
  return {
    rows: [...rateRows(rates, BESIDE), { subject, unit: "cosine", ...parity }],
    goals: [
      atLeast(`${subject}, least cosine`, parity.min, LEAST_PARITY),
      ...sets.map((set) => atLeast(`${set.name} by ${BESIDE}`, timesOf(rates, set, [picked, BESIDE]), LEAST_TIMES)),
    ],
  };
}

function atLeast(figure: string, got: number, least: number): Goal {
  return { figure, goal: `>= ${least}`, got, met: got >= least };
}

function textSet(tokens: number, count: number): CallSet {
  const random = seeded(tokens);
  const words = () => Array.from({ length: tokens - 2 }, () => below(random, WORDS));
  const rows = Array.from({ length: count }, () => [WORDS, ...words(), WORDS + 1]);
  return { name: `CLIP, texts of ${tokens} tokens`, unit: "texts", count, calls: callsOf(rows, 1) };
}

/** The assets' pictures after CLIP's own preprocessing, or noise. */
function pictureCalls(): Asked[] {
  const folder = assetPath("golden/clip/pixels");
  if (!folder) return Array.from({ length: PICTURES }, (_, i) => uniformVectors(seeded(i), 1, 3 * SIDE ** 2));
  const names = readdirSync(folder).sort().slice(0, PICTURES);
  return names.map((name) => pixelsOf(readFileSync(`${folder}/${name}`)));
}

/** Converts RGB bytes row by row to [3][side][side]. */
function pixelsOf(bytes: Uint8Array): Float32Array {
  const plane = SIDE ** 2;
  return Float32Array.from({ length: 3 * plane }, (_, i) => {
    const colour = Math.floor(i / plane);
    return (bytes[(i % plane) * 3 + colour]! / 255 - MEAN[colour]!) / DEVIATION[colour]!;
  });
}
