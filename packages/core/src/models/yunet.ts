import type { Picture } from "../ports/picture.ts";
import { resizedPart } from "../prepare/pictures/resize.ts";

/** YuNet's input, and the factor by which the picture became smaller or larger. */
export interface FittedInput {
  /** [3][side][side]: blue, green, red, 0 to 255. */
  readonly input: Float32Array<ArrayBuffer>;
  readonly scale: number;
}

/** The picture resized so that its longer side is `side`, in the upper left corner, black beyond it. */
export function fittedWithin(picture: Picture, side: number): FittedInput {
  const scale = side / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const whole = { x: { start: 0, length: width }, y: { start: 0, length: height } };
  const { pixels } = resizedPart(picture, { width, height, ...whole });
  const input = new Float32Array(3 * side * side);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      for (let channel = 0; channel < 3; channel += 1)
        input[((2 - channel) * side + y) * side + x] = pixels[(y * width + x) * 3 + channel]!;
  return { input, scale };
}
