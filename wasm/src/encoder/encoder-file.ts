import { isPipitError, PipitError, type Producer, type Space } from "@pipit/core";
import type { HashPieces, Section } from "../shared/snapshot/container.ts";
import { joinContainer } from "../shared/snapshot/container.ts";
import { type ByteReader, type Container, readContainer, readSection } from "../shared/snapshot/container-reader.ts";
import { type EncoderShape, matricesOf, normCount, outputOf, shapeOf, shapeWords } from "./encoder-shape.ts";

/**
 * A packed encoder: the container that index snapshots use (magic PIPX, checksums, sections from multiples of 64), of a kind of
 * its own. Words: `ENCODER_VERSION`, then the shape. Numbers: epsilon, fidelity's mean and least cosine. Sections by tag below.
 *
 * The whole file is read into the kernel's memory, and its sections are used in place.
 */
export const ENCODER_KIND = 16;
const ENCODER_VERSION = 1;

export const SECTIONS = {
  /** JSON in UTF-8: space and producer's name. */
  about: 1,
  /** [vocabulary][width] s8, and a scale f32 a row. */
  tokens: 2,
  tokenScales: 3,
  /** [positions][width] s8, and a scale f32 a row; token types and a picture's class row are added in. */
  positions: 4,
  positionScales: 5,
  /** Panels of all matrices: [channels / 8][depth / 4][8][4] s8 each. */
  panels: 6,
  /** For each panel 8 scales, 8 sums of weights times scale, 8 biases, f32. */
  columns: 7,
  /** For each norm gain, shift, smoothed gain, smoothed shift: [4][width] f32. */
  norms: 8,
  /** For each layer factors and shifts of the activation's output: [2][inner] f32. */
  smoothing: 9,
} as const;
export type SectionName = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as SectionName[];

/** The space and the producer that a packed file names. */
export interface EncoderAbout {
  readonly space: Space;
  readonly producer: Producer;
}

export interface OpenedFile {
  readonly about: EncoderAbout;
  readonly shape: EncoderShape;
  /** The start of each section, from the start of the file. */
  readonly offsets: Readonly<Record<SectionName, number>>;
}

/** Bytes of each section but `about`, whose length is its own. */
export function sectionBytes(shape: EncoderShape): Readonly<Record<Exclude<SectionName, "about">, number>> {
  const { vocabulary, positions, width, layers, inner } = shape;
  const matrices = matricesOf(shape);
  return {
    tokens: vocabulary * width,
    tokenScales: vocabulary * 4,
    positions: positions * width,
    positionScales: positions * 4,
    panels: matrices.reduce((sum, { depth, channels }) => sum + depth * channels, 0),
    columns: matrices.reduce((sum, { channels }) => sum + channels * 12, 0),
    norms: normCount(shape) * width * 16,
    smoothing: layers * inner * 8,
  };
}

export type EncoderPlanes = Readonly<Record<Exclude<SectionName, "about">, Uint8Array>>;

/** The file's bytes: the same for the same input. */
export function writeEncoderFile(
  { about, shape }: { readonly about: EncoderAbout; readonly shape: EncoderShape },
  planes: EncoderPlanes,
  hash: HashPieces,
): Uint8Array<ArrayBuffer> {
  const { space, producer } = about;
  const text = JSON.stringify({ space: [space.id, space.name], producer: producer.name });
  const bytesOf = { ...planes, about: new TextEncoder().encode(text) };
  const sections = NAMES.map((name): Section => {
    const bytes = bytesOf[name];
    return { tag: SECTIONS[name], bytes: bytes.length, pieces: () => [bytes] };
  });
  const header = {
    kind: ENCODER_KIND,
    words: [ENCODER_VERSION, ...shapeWords(shape)],
    numbers: [shape.epsilon, producer.fidelity.mean, producer.fidelity.min],
    sequence: 0n,
  };
  return joinContainer(header, sections, hash);
}

/** Checks the whole file, sums included. Throws `bad-model`. */
export async function readEncoderFile(file: Uint8Array, hash: HashPieces): Promise<OpenedFile> {
  try {
    return await readWhole(file, hash);
  } catch (error) {
    if (isPipitError(error, "bad-snapshot")) throw badEncoder(error.got, error.expected);
    throw error;
  }
}

async function readWhole(file: Uint8Array, hash: HashPieces): Promise<OpenedFile> {
  const container = await readContainer(inPlace(file), ENCODER_KIND, hash);
  const [version, ...words] = container.words;
  if (version !== ENCODER_VERSION) throw badEncoder(`v${version}`, `v${ENCODER_VERSION}`);
  const [epsilon = Number.NaN, mean = Number.NaN, min = Number.NaN] = container.numbers;
  const shape = shapeOf(words, epsilon);
  if ("why" in shape) throw badEncoder(shape.why, "a shape that this kernel computes");
  const offsets = await checkSections(container, { file, shape, hash });
  const about = readAbout(file, container, { mean, min, dimensions: outputOf(shape) });
  return { about, shape, offsets };
}

/** A reader whose sections are hashed in place: their bytes are not copied. */
function inPlace(file: Uint8Array): ByteReader {
  return {
    size: file.length,
    read: async (offset, target) => {
      const isThere = target.buffer === file.buffer && target.byteOffset === file.byteOffset + offset;
      if (!isThere) target.set(file.subarray(offset, offset + target.length));
    },
  };
}

async function checkSections(
  container: Container,
  { file, shape, hash }: { readonly file: Uint8Array; readonly shape: EncoderShape; readonly hash: HashPieces },
) {
  const expected = sectionBytes(shape);
  const offsets: Partial<Record<SectionName, number>> = {};
  for (const name of NAMES) {
    const section = container.sections.get(SECTIONS[name]);
    if (!section) throw badEncoder(`no section ${name}`, "all sections");
    if (name !== "about" && section.bytes !== expected[name])
      throw badEncoder(`${section.bytes} bytes of ${name}`, `${expected[name]} by the shape`);
    const { offset, bytes } = section;
    await readSection(container, section, { pieces: () => [file.subarray(offset, offset + bytes)], hash });
    offsets[name] = offset;
  }
  if (container.sections.size !== NAMES.length) throw badEncoder("more sections than a packed encoder has", "none");
  return offsets as Record<SectionName, number>;
}

interface Figures {
  readonly mean: number;
  readonly min: number;
  readonly dimensions: number;
}

function readAbout(file: Uint8Array, { sections }: Container, { mean, min, dimensions }: Figures): EncoderAbout {
  const { offset, bytes } = sections.get(SECTIONS.about)!;
  const { space, producer } = parsed(file.slice(offset, offset + bytes));
  const isText = Array.isArray(space) && typeof space[0] === "string" && typeof space[1] === "string";
  if (!isText || typeof producer !== "string") throw badEncoder("no names of space and producer", "both");
  if (!(-1 <= min && min <= mean && mean <= 1))
    throw badEncoder(`cosines of ${mean} and ${min}`, "a mean and a least one");
  const [id, name] = space as [string, string];
  return { space: { id, name, dimensions }, producer: { name: producer, fidelity: { mean, min } } };
}

function parsed(bytes: Uint8Array): { readonly space?: unknown; readonly producer?: unknown } {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? {};
  } catch (cause) {
    throw badEncoder("names that cannot be read", "JSON", cause);
  }
}

export function badEncoder(got: string, expected: string, cause?: unknown): PipitError {
  return new PipitError("bad-model", {
    got: `a packed encoder with ${got}`,
    expected,
    do: "Fetch the file again, or pack it from the model's own weights with `pipit models pack`.",
    cause,
  });
}
