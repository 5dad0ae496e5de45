import { FACT_BYTES } from "./encoder-exports.ts";
import { COLOURS, type EncoderShape, outputOf } from "./encoder-shape.ts";

/** The inputs of a layer's four matrices, in the order in which they are read. */
export const LAYER_INPUTS = ["normed", "mixed", "smoothed", "activated"] as const;
export type Input = (typeof LAYER_INPUTS)[number];

/** Addresses of a matrix's input as codes, and of each row's step and low. */
export interface Coded {
  readonly codes: number;
  readonly facts: number;
}

/** Addresses of the working memory of a pass. */
export interface Workspace extends Readonly<Record<Input, Coded>> {
  /** The residual stream, [rows][width] f32. */
  readonly stream: number;
  /** The output of a matrix, [rows][its channels] f32. */
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
  /** The first address behind the workspace. */
  readonly end: number;
}

/** The largest batch a workspace is for. */
export interface Capacity {
  readonly rows: number;
  readonly longest: number;
  readonly texts: number;
}

export interface WorkspaceParts {
  readonly shape: EncoderShape;
  readonly capacity: Capacity;
  /** Of one code: the builds differ. */
  readonly codeBytes: number;
  /** The working memory of attention for the longest text. */
  readonly roomBytes: number;
}

/** Lays out a workspace from an address on, each part from a multiple of 64. */
export function layWorkspace({ shape, capacity, codeBytes, roomBytes }: WorkspaceParts, start: number): Workspace {
  const { rows, texts } = capacity;
  const { width, inner, patch } = shape;
  let end = start;
  const next = (bytes: number) => {
    const address = end;
    end += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const coded = (values: number): Coded => ({
    codes: next(rows * values * codeBytes),
    facts: next(rows * FACT_BYTES),
  });
  const patchValues = COLOURS * patch ** 2;
  return {
    stream: next(rows * width * 4),
    answer: next(rows * Math.max(3 * width, inner) * 4),
    mix: next(rows * width * 4),
    normed: coded(width),
    mixed: coded(width),
    smoothed: coded(width),
    activated: coded(inner),
    ids: next(rows * 4),
    positions: next(rows * 4),
    room: next(roomBytes),
    normRow: next(width * 4),
    pooled: next(texts * width * 4),
    pooledAnswer: next(texts * width * 4),
    vectors: next(texts * outputOf(shape) * 4),
    pixels: next(rows * patchValues * 4),
    patches: coded(patchValues),
    end,
  };
}

/** The smallest capacity for both. */
export function widened(one: Capacity, other: Capacity): Capacity {
  return {
    rows: Math.max(one.rows, other.rows),
    longest: Math.max(one.longest, other.longest),
    texts: Math.max(one.texts, other.texts),
  };
}

export function holds({ rows, longest, texts }: Capacity, needed: Capacity): boolean {
  return needed.rows <= rows && needed.longest <= longest && needed.texts <= texts;
}
