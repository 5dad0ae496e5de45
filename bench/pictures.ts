import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BatchModel, CLIP_PICTURES, createLane, type PicturePiece, pictureInput, picturePiece } from "@pipit/core";
import { openPictureDecoder } from "@pipit/media/node";
import * as onnxruntime from "onnxruntime-node";
import { type Bench, type BenchReport, type BenchRow, type Goal, type Log, spread } from "./bench.ts";
import { photoFiles } from "./pictures/photos.ts";
import { type SeededClip, seededClip } from "./pictures/seeded-clip.ts";
import { openRival, type RivalPictures } from "./pictures/transformers-pictures.ts";
import { haveOutside } from "./rivals/outside.ts";

const PHOTOS = 16;
const ROUNDS = 7;
const RIVAL = "transformers.js, q8";
const LEAST_TIMES = 1.2;
const MOST_OVERHEAD = 0.05;

export const bench: Bench = {
  name: "pictures",
  question: "How many pictures a second become vectors on Node, from their files on, and what does each step take?",
  run,
};

async function run(log: Log, { count = PHOTOS }): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), "pipit-pictures-"));
  try {
    log("making CLIP ViT-B/32 with seeded weights");
    const clip = seededClip(folder);
    const models = { kernel: await clip.kernel(), onnx: await clip.onnx() };
    const rival = haveOutside("@huggingface/transformers", log) ? await openRival(folder, clip.name) : undefined;
    const files = photoFiles(count).map(({ bytes }) => bytes);
    const whole = await wholeWays(waysOf(models, rival), files, log);
    const overhead = await overheadOf(clip, models.onnx, files);
    return {
      rows: [...(await stepRows(files, rival)), ...whole.rows, overhead.row],
      goals: [...whole.goals, overhead.goal],
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Way = (file: Uint8Array) => Promise<unknown>;
type Ways = Readonly<Record<string, Way>>;

interface Models {
  readonly kernel: BatchModel;
  readonly onnx: BatchModel;
}

/** From a file to its vector. */
function waysOf({ kernel, onnx }: Models, rival: RivalPictures | undefined): Ways {
  const decoder = openPictureDecoder();
  const through = (model: BatchModel): Way => {
    const lane = createLane(model);
    return async (file) => lane.embed([picturePiece(await decoder.decode(file))]);
  };
  return {
    "pipit, encoder kernel": through(kernel),
    "pipit, onnxruntime-node q8": through(onnx),
    ...(rival && { [RIVAL]: async (file: Uint8Array) => rival.embed(await rival.decode(file)) }),
  };
}

/** The ways take turns, in an order that is reversed each round. The first round warms up and is not counted. */
async function wholeWays(ways: Ways, files: readonly Uint8Array[], log: Log) {
  const names = Object.keys(ways);
  const seconds: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    log(`round ${round} of ${ROUNDS}`);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const took = await secondsOf(files, ways[name]!);
      if (round > 0) seconds[name]!.push(took);
    }
  }
  const rows: BenchRow[] = names.map((name) => {
    const rates = spread(seconds[name]!.map((took) => files.length / took));
    return { subject: `${name}, from the file on`, unit: "pictures/s", ...rounded(rates) };
  });
  return { rows, goals: seconds[RIVAL] ? [rivalGoal(seconds)] : [] };
}

/** The better of our ways beside the rival. A ratio is the median over rounds. */
function rivalGoal(seconds: Readonly<Record<string, readonly number[]>>): Goal {
  const ours = Object.keys(seconds).filter((name) => name !== RIVAL);
  const ratios = ours.map((name) => {
    const times = seconds[name]!.map((took, round) => seconds[RIVAL]![round]! / took);
    return { name, times: spread(times).median };
  });
  const best = ratios.reduce((a, b) => (b.times > a.times ? b : a));
  const got = Number(best.times.toFixed(2));
  return { figure: `${best.name} by ${RIVAL}`, goal: `>= ${LEAST_TIMES}`, got, met: got >= LEAST_TIMES };
}

async function stepRows(files: readonly Uint8Array[], rival: RivalPictures | undefined): Promise<BenchRow[]> {
  const decoder = openPictureDecoder();
  const steps: [string, () => Promise<number[]>][] = [
    ["pipit: decode", () => timed(files, (file) => decoder.decode(file))],
    [
      "pipit: resize and normalise",
      async () => {
        const pictures = await Promise.all(files.map((file) => decoder.decode(file)));
        return timed(pictures, async (picture) => pictureInput(picture, CLIP_PICTURES));
      },
    ],
  ];
  if (rival) {
    steps.push(["transformers.js: decode", () => timed(files, (file) => rival.decode(file))]);
    steps.push([
      "transformers.js: resize and normalise",
      async () => timed(await Promise.all(files.map((file) => rival.decode(file))), (image) => rival.prepare(image)),
    ]);
  }
  const rows: BenchRow[] = [];
  for (const [subject, measure] of steps) rows.push({ subject, unit: "ms", ...rounded(spread(await measure())) });
  return rows;
}

/** Milliseconds of each, after a pass that warms up. */
async function timed<T>(given: readonly T[], work: (each: T) => Promise<unknown>): Promise<number[]> {
  for (const each of given) await work(each);
  const times: number[] = [];
  for (const each of given) {
    const began = performance.now();
    await work(each);
    times.push(performance.now() - began);
  }
  return times;
}

/** What lane and model add to a bare run of the same session with the same input, one picture at a time, without resizing. */
async function overheadOf({ weights }: SeededClip, model: BatchModel, files: readonly Uint8Array[]) {
  const decoder = openPictureDecoder();
  const session = await onnxruntime.InferenceSession.create(weights, { intraOpNumThreads: 1 });
  const lane = createLane(model);
  const pieces: PicturePiece[] = [];
  for (const file of files) pieces.push(picturePiece(await decoder.decode(file)));
  const inputs = pieces.map(({ picture }) => pictureInput(picture, CLIP_PICTURES));
  const shares: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bare = await secondsOf(inputs, (input) =>
      session.run({ pixel_values: new onnxruntime.Tensor("float32", input, [1, 3, 224, 224]) }),
    );
    const resizing = await secondsOf(pieces, async ({ picture }) => pictureInput(picture, CLIP_PICTURES));
    const ours = await secondsOf(pieces, (piece) => lane.embed([piece]));
    if (round > 0) shares.push((ours - resizing - bare) / bare);
  }
  const subject = "overhead of lane and model over a bare run, one picture at a time";
  const { median } = spread(shares);
  const got = Number(median.toFixed(3));
  return {
    row: { subject, unit: "share", ...rounded(spread(shares)) },
    goal: { figure: subject, goal: `<= ${MOST_OVERHEAD}`, got, met: got <= MOST_OVERHEAD },
  };
}

async function secondsOf<T>(given: readonly T[], work: (each: T) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (const each of given) await work(each);
  return (performance.now() - began) / 1000;
}

function rounded(figures: ReturnType<typeof spread>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(3))]));
}
