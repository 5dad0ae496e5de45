import type { Picture } from "../../ports/picture.ts";
import { resizedPart } from "./resize.ts";

/** How a model wants its pictures. Part of its space: another choice gives other vectors. */
export interface PicturePreprocessing {
  /** Width and height of the model's input, in pixels. */
  readonly size: number;
  /** "crop": the shorter side becomes `size` and the middle is cut out (CLIP). "squash": both sides become `size` (SigLIP). */
  readonly fit: "crop" | "squash";
  /** Of red, green and blue, in 0 to 1. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  /** "planes": [3][size][size] (the default), "interleaved": [size][size][3]. */
  readonly layout?: "planes" | "interleaved";
}

/** Published with OpenAI's CLIP, and used by every checkpoint that was made with its code. */
export const CLIP_PICTURES: PicturePreprocessing = {
  size: 224,
  fit: "crop",
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
};

export const SIGLIP_PICTURES: PicturePreprocessing = {
  size: 224,
  fit: "squash",
  mean: [0.5, 0.5, 0.5],
  deviation: [0.5, 0.5, 0.5],
};

/** The picture at the model's size: [size][size][3]. The longer side is cut down to whole pixels, as the models' own tools do. */
export function fittedPicture(picture: Picture, { size, fit }: Pick<PicturePreprocessing, "size" | "fit">): Picture {
  const whole = { start: 0, length: size };
  if (fit === "squash") return resizedPart(picture, { width: size, height: size, x: whole, y: whole });
  const { width, height } = picture;
  const longer = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  const middle = { start: Math.trunc((longer - size) / 2), length: size };
  return width <= height
    ? resizedPart(picture, { width: size, height: longer, x: whole, y: middle })
    : resizedPart(picture, { width: longer, height: size, x: middle, y: whole });
}

/** The model's input in its layout: scaled to 0 to 1, less the mean, divided by the deviation. */
export function pictureInput(picture: Picture, preprocessing: PicturePreprocessing): Float32Array<ArrayBuffer> {
  const { pixels } = fittedPicture(picture, preprocessing);
  const plane = preprocessing.size ** 2;
  const input = new Float32Array(plane * 3);
  for (let channel = 0; channel < 3; channel += 1) {
    const values = valuesOf(preprocessing.mean[channel]!, preprocessing.deviation[channel]!);
    const [start, step] = preprocessing.layout === "interleaved" ? [channel, 3] : [channel * plane, 1];
    for (let at = 0; at < plane; at += 1) input[start + at * step] = values[pixels[at * 3 + channel]!]!;
  }
  return input;
}

/** The input of each of the 256 values that a pixel may have. */
function valuesOf(mean: number, deviation: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / deviation);
}
