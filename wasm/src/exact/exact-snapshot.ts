import type { ContainerHeader, HashPieces, Section } from "../snapshot/container.ts";
import {
  type ByteReader,
  badSnapshot,
  type Container,
  readContainer,
  readSection,
} from "../snapshot/container-reader.ts";
import type { Held } from "../truth/recall-hold.ts";
import { CODES, ExactKernel, type ExactShape, METRICS, ORIGINALS, PLANES, type Plane } from "./exact-kernel.ts";
import type { ExactPlan } from "./exact-options.ts";
import type { QuantizerLoss } from "./quantizer.ts";

/**
 * A scan index in a container: words are dimensions, metric, codes, originals (the kernel's numbers) and rows; numbers are
 * what the codes lose, when there are codes, and what holds the recall, when that was measured. One section a plane, tagged with the plane's number.
 */
export const EXACT_KIND = 0x54435845; // "EXCT"

/** What an index keeps beside its kernel. */
export interface Kept {
  readonly loss: QuantizerLoss | undefined;
  readonly held: Held | undefined;
  /** What the owner says the snapshot covers. */
  readonly sequence: bigint;
}

export interface Opened extends Kept {
  readonly kernel: ExactKernel;
}

export function headerOf(kernel: ExactKernel, { loss, held, sequence }: Kept): ContainerHeader {
  const { dimensions, metric, codes, originals } = kernel.shape;
  return {
    kind: EXACT_KIND,
    sequence,
    words: [dimensions, METRICS[metric], CODES[codes], ORIGINALS[originals], kernel.count],
    numbers: [...lossNumbers(loss), ...(loss && held ? heldNumbers(held) : [])],
  };
}

export function sectionsOf(kernel: ExactKernel): Section[] {
  return Object.values(PLANES).map((plane) => ({
    tag: plane,
    bytes: kernel.planeBytes(plane),
    pieces: () => kernel.piecesOf(plane),
  }));
}

interface Opening {
  readonly plan: ExactPlan;
  readonly dimensions: number;
}

/** A kernel filled from the snapshot. Throws `bad-snapshot` when it is not one of this plan's, or not as it was written. */
export async function openKernel(
  module: WebAssembly.Module,
  source: Uint8Array | ByteReader,
  { plan, dimensions }: Opening,
): Promise<Opened> {
  // The head must be summed before it says what kernel to make.
  const summing = new ExactKernel(module, collectedShape(plan, 1), plan.maxBytes);
  const container = await readContainer(source, EXACT_KIND, summing.hash);
  const kernel = new ExactKernel(module, shapeOf(container, plan, dimensions), plan.maxBytes);
  kernel.takeSlots(countIn(container));
  for (const plane of Object.values(PLANES)) await fillPlane(container, kernel, plane);
  kernel.finishQuantizer();
  return { kernel, loss: lossOf(container), held: heldOf(container), sequence: container.sequence };
}

export function collectedShape({ metric, collected }: ExactPlan, dimensions: number): ExactShape {
  return { dimensions, metric, codes: "none", originals: collected };
}

export function codedShape({ metric, codes, originals }: ExactPlan, dimensions: number): ExactShape {
  return { dimensions, metric, codes: codes ?? "none", originals };
}

function shapeOf({ words }: Container, plan: ExactPlan, dimensions: number): ExactShape {
  if (words.length !== 5) throw badSnapshot(`${words.length} words`, "5");
  if (words[0] !== dimensions) throw badSnapshot(`vectors of ${words[0]} values`, `${dimensions}`);
  const shapes = [collectedShape(plan, dimensions), codedShape(plan, dimensions)];
  const shape = shapes.find(
    ({ metric, codes, originals }) =>
      METRICS[metric] === words[1] && CODES[codes] === words[2] && ORIGINALS[originals] === words[3],
  );
  if (shape) return shape;
  throw badSnapshot(
    `metric ${words[1]}, codes ${words[2]}, originals ${words[3]}`,
    `those of ${plan.name}, ${plan.metric}`,
  );
}

// Before room is taken for it: what the head says of rows must be in the file.
function countIn({ words, sections }: Container): number {
  const bytes = sections.get(PLANES.rows)?.bytes;
  if (bytes !== words[4]! * 4) throw badSnapshot(`${bytes} bytes of row numbers`, `those of ${words[4]} rows`);
  return words[4]!;
}

async function fillPlane(container: Container, kernel: ExactKernel, plane: Plane): Promise<void> {
  const section = container.sections.get(plane);
  if (!section) throw badSnapshot(`no section ${plane}`, "one for each plane");
  const hash: HashPieces = kernel.hash;
  await readSection(container, section, { pieces: () => kernel.piecesOf(plane), hash });
}

function lossNumbers(loss: QuantizerLoss | undefined): number[] {
  return loss ? [loss.meanSquaredError, loss.meanCosine, loss.recallAt10] : [];
}

// A breadth of 0: none reaches the recall.
function heldNumbers({ ef = 0, recall, median, count }: Held): number[] {
  return [ef, recall, median, count];
}

/** Throws `bad-snapshot` for numbers that no measure gives. */
function heldOf({ numbers }: Container): Held | undefined {
  if (numbers.length <= 3) return undefined;
  const [, , , ef = -1, recall = -1, median = -1, count = -1] = numbers;
  const isBreadth = Number.isInteger(ef) && ef >= 0 && Number.isInteger(count) && count >= 0;
  if (numbers.length === 7 && isBreadth && recall >= 0 && recall <= 1 && median >= 0) {
    return { ef: ef || undefined, recall, median, count };
  }
  throw badSnapshot(`the numbers ${numbers.join(", ")}`, "those of a scan");
}

function lossOf({ numbers }: Container): QuantizerLoss | undefined {
  const [meanSquaredError, meanCosine, recallAt10] = numbers;
  if (meanSquaredError === undefined || meanCosine === undefined || recallAt10 === undefined) return undefined;
  return { meanSquaredError, meanCosine, recallAt10 };
}
