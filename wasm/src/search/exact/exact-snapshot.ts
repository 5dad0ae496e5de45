import type { ContainerHeader, HashPieces, Section } from "../../shared/snapshot/container.ts";
import {
  type ByteReader,
  badSnapshot,
  type Container,
  readContainer,
  readSection,
} from "../../shared/snapshot/container-reader.ts";
import type { Held } from "../truth/recall-hold.ts";
import { CODES, type ExactKernel, type ExactShape, METRICS, ORIGINALS, PLANES, type Plane } from "./exact-kernel.ts";
import type { ExactKernels } from "./exact-kernels.ts";
import { codedShape, collectedShape, type ExactPlan } from "./exact-options.ts";
import type { QuantizerLoss } from "./quantizer.ts";

/**
 * A scan index in a container: words are dimensions, metric, codes, originals (the kernel's numbers) and rows; numbers are
 * the loss of the codes, when there are codes, the state of the hold, when that was measured, the rows that codes were
 * calibrated for, and the rows that have changed since the measure. Older snapshots leave out one or both of the last two.
 * One section a plane, tagged with the plane's number.
 */
export const EXACT_KIND = 0x54435845; // "EXCT"

/** What an index keeps beside its kernel. */
export interface Kept {
  readonly loss: QuantizerLoss | undefined;
  readonly held: Held | undefined;
  /** Rows that have changed since the recall was measured. */
  readonly changed: number;
  /** Number of rows when the codes were calibrated, or when new codes were last found to be no better. */
  readonly calibratedFor: number;
  /** The owner's sequence number, up to which the snapshot covers changes. */
  readonly sequence: bigint;
}

export interface Opened extends Kept {
  readonly kernel: ExactKernel;
}

export function headerOf(kernel: ExactKernel, { loss, held, changed, calibratedFor, sequence }: Kept): ContainerHeader {
  const { dimensions, metric, codes, originals } = kernel.shape;
  const coded = loss ? [...lossNumbers(loss), ...(held ? heldNumbers(held) : []), calibratedFor, changed] : [];
  return {
    kind: EXACT_KIND,
    sequence,
    words: [dimensions, METRICS[metric], CODES[codes], ORIGINALS[originals], kernel.count],
    numbers: coded,
  };
}

export function sectionsOf(kernel: ExactKernel): Section[] {
  return Object.values(PLANES).map((plane) => ({
    tag: plane,
    bytes: kernel.planeBytes(plane),
    pieces: () => kernel.piecesOf(plane),
  }));
}

/** A kernel filled from the snapshot. Throws `bad-snapshot` when it is not one of this plan's, or not as it was written. */
export async function openKernel(
  kernels: ExactKernels,
  source: Uint8Array | ByteReader,
  dimensions: number,
): Promise<Opened> {
  const { plan } = kernels;
  // The head's checksum is verified before its shape is used. That needs a kernel for hashing.
  const summing = kernels.summing();
  const container = await readContainer(source, EXACT_KIND, summing.hash);
  const kernel = kernels.answering(shapeOf(container, plan, dimensions));
  kernel.takeSlots(countIn(container));
  for (const plane of Object.values(PLANES)) await fillPlane(container, kernel, plane);
  kernel.finishQuantizer();
  const { loss, held, changed = 0, calibratedFor = plan.calibrateAt } = codedNumbers(container);
  return { kernel, loss, held, changed, calibratedFor, sequence: container.sequence };
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

// Checked before memory is taken: the rows that the head counts must be in the file.
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

function lossNumbers({ meanSquaredError, meanCosine, recallAt10 }: QuantizerLoss): number[] {
  return [meanSquaredError, meanCosine, recallAt10];
}

// An ef of 0: none reaches the recall.
function heldNumbers({ ef = 0, recall, median, count }: Held): number[] {
  return [ef, recall, median, count];
}

const [LOSS, HELD] = [3, 4];

/** Throws `bad-snapshot` for numbers that no index writes. */
function codedNumbers({ numbers }: Container): Partial<Pick<Kept, "loss" | "held" | "changed" | "calibratedFor">> {
  if (numbers.length === 0) return {};
  const isMeasured = numbers.length >= LOSS + HELD;
  const counts = numbers.slice(isMeasured ? LOSS + HELD : LOSS);
  const [calibratedFor, changed] = counts;
  const areCounts = numbers.length >= LOSS && counts.length <= 2 && counts.every(isCount);
  if (!areCounts) throw badNumbers(numbers);
  const [meanSquaredError = 0, meanCosine = 0, recallAt10 = 0] = numbers;
  const loss = { meanSquaredError, meanCosine, recallAt10 };
  const held = isMeasured ? heldOf(numbers) : undefined;
  return { loss, held, ...(changed && { changed }), ...(calibratedFor && { calibratedFor }) };
}

function heldOf(numbers: readonly number[]): Held {
  const [ef = -1, recall = -1, median = -1, count = -1] = numbers.slice(LOSS);
  const isSensible = isCount(ef) && isCount(count) && recall >= 0 && recall <= 1 && median >= 0;
  if (isSensible) return { ef: ef || undefined, recall, median, count };
  throw badNumbers(numbers);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

function badNumbers(numbers: readonly number[]) {
  return badSnapshot(`the numbers ${numbers.join(", ")}`, "those of a scan");
}
