import type { ContainerHeader, Section } from "../../shared/snapshot/container.ts";
import {
  type ByteReader,
  badSnapshot,
  type Container,
  readContainer,
  readSection,
} from "../../shared/snapshot/container-reader.ts";
import { type GraphShape, MAX_DIMENSIONS, MEASURED, METRICS, ORIGINALS } from "../options.ts";
import { ARRAYS, HEADER_BYTES, type Room, SearchKernel } from "./search-kernel.ts";
import { readTuning, TUNING_NUMBERS, type Tuning, tuningNumbers } from "./tuning.ts";

/**
 * A graph in a container. Words are the number of the metric, then the kernel's header block. Numbers are the calibration, if there
 * is one, and the rows that have changed since the recall was measured, which older snapshots leave out. Each array of the kernel has a
 * section, tagged with the array's number; the kept truth has one too.
 */
export const HNSW_KIND = 0x57534e48; // "HNSW"
export const TRUTH_TAG = 16;
const HEADER_WORDS = HEADER_BYTES / 4;

/** Positions in the words. */
const AT = { metric: 0, dimensions: 1, m: 2, efConstruction: 3, kernelMetric: 4, originals: 5, measured: 17 } as const;

/** State of an index besides its kernel and its truth. */
export interface Kept {
  /** The owner's sequence number that the snapshot covers. */
  readonly sequence: bigint;
  readonly tuning: Tuning | undefined;
  /** Rows that have changed since the recall was measured. */
  readonly changed: number;
}

export function headerOf(kernel: SearchKernel, { sequence, tuning, changed }: Kept): ContainerHeader {
  const words = [METRICS.indexOf(kernel.shape.metric), ...kernel.readHeader()];
  return { kind: HNSW_KIND, sequence, words, numbers: [...tuningNumbers(tuning), changed] };
}

export function sectionsOf(kernel: SearchKernel, truth: Uint8Array): Section[] {
  const arrays = Object.values(ARRAYS).map((array) => ({
    tag: array as number,
    bytes: kernel.arrayBytes(array),
    pieces: () => kernel.piecesOf(array),
  }));
  return [...arrays, { tag: TRUTH_TAG, bytes: truth.length, pieces: () => [truth] }];
}

export interface Opened extends Kept {
  readonly kernel: SearchKernel;
  readonly truth: Uint8Array;
}

interface Opening {
  readonly dimensions: number;
  readonly room: Room;
}

/** A kernel filled from the snapshot. Fails with `bad-snapshot` for other kinds, other dimensions and damaged data. */
export async function openKernel(
  module: WebAssembly.Module,
  source: Uint8Array | ByteReader,
  { dimensions, room }: Opening,
): Promise<Opened> {
  // The head's checksum is verified before its shape is used. That needs a kernel for hashing.
  const summing = new SearchKernel(module, SMALLEST, room);
  const container = await readContainer(source, HNSW_KIND, summing.hash);
  const kernel = new SearchKernel(module, shapeOf(container, dimensions), room);
  assertSize(container, kernel);
  kernel.begin(Uint32Array.from(container.words.slice(1)));
  const { hash } = kernel;
  for (const array of Object.values(ARRAYS)) {
    await readSection(container, sectionAt(container, array), { pieces: () => kernel.piecesOf(array), hash });
  }
  if (!kernel.isSound()) throw badSnapshot("links that lead nowhere", "a graph");
  const section = sectionAt(container, TRUTH_TAG);
  const truth = new Uint8Array(section.bytes);
  await readSection(container, section, { pieces: () => [truth], hash });
  return { kernel, truth, sequence: container.sequence, ...numbersOf(container) };
}

function numbersOf({ numbers }: Container): Pick<Kept, "tuning" | "changed"> {
  const isCounted = numbers.length % TUNING_NUMBERS === 1;
  const tuning = readTuning(isCounted ? numbers.slice(0, -1) : numbers);
  const changed = isCounted ? numbers.at(-1)! : 0;
  if (Number.isInteger(changed) && changed >= 0) return { tuning, changed };
  throw badSnapshot(`${changed} changed rows`, "a whole number from 0");
}

/** The shape of a kernel that only computes checksums. */
export const SMALLEST: GraphShape = {
  ...{ dimensions: 1, m: 4, efConstruction: 1, seed: 0 },
  ...{ metric: "inner-product", originals: "none", measured: "codes" },
};

function shapeOf({ words }: Container, dimensions: number): GraphShape {
  if (words.length !== HEADER_WORDS + 1) throw badSnapshot(`${words.length} words`, `${HEADER_WORDS + 1}`);
  const at = (place: number) => words[place]!;
  const [metric, originals] = [METRICS[at(AT.metric)], ORIGINALS[at(AT.originals)]];
  const measured = MEASURED[at(AT.measured)];
  const [m, efConstruction] = [at(AT.m), at(AT.efConstruction)];
  if (at(AT.dimensions) !== dimensions) throw badSnapshot(`vectors of ${at(AT.dimensions)} values`, `${dimensions}`);
  const isBuildable =
    dimensions <= MAX_DIMENSIONS && m >= 4 && m <= 64 && efConstruction >= 1 && efConstruction <= 4096;
  const isMeasurable = measured === "codes" || (measured === "originals" && originals === "f32");
  const isKnown = metric && originals && isMeasurable && at(AT.kernelMetric) === (metric === "squared-l2" ? 1 : 0);
  if (!isBuildable || !isKnown) throw badSnapshot(`m ${m}, efConstruction ${efConstruction}`, "parameters of a graph");
  return { dimensions, m, efConstruction, metric, originals, measured, seed: 0 };
}

/** Checks before allocation that the header's counts agree with the sizes of the sections. */
function assertSize(container: Container, kernel: SearchKernel): void {
  const [slots, upperBlocks] = [container.words[6]!, container.words[9]!];
  for (const array of Object.values(ARRAYS)) {
    const expected = kernel.itemBytes(array) * (array === ARRAYS.upperBlocks ? upperBlocks : slots);
    const { bytes } = sectionAt(container, array);
    if (bytes !== expected) throw badSnapshot(`${bytes} bytes in section ${array}`, `${expected}`);
  }
}

function sectionAt(container: Container, tag: number) {
  const section = container.sections.get(tag);
  if (section) return section;
  throw badSnapshot(`no section ${tag}`, "one for each array and one for the truth");
}
