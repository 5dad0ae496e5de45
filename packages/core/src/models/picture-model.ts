import type { Picture } from "../ports/picture.ts";
import { type PicturePreprocessing, pictureInput } from "../prepare/pictures/picture-input.ts";

import type { Space } from "../space.ts";
import type { ModelVariant, VariantSpec } from "./model-files.ts";

/** An encoder of pictures in the hub's layout, whose own output is the vector. */
export interface PictureModelSpec {
  /** Owner and name on the public hub; its last part names the folder in a mirror. */
  readonly hubName: string;
  readonly space: Space;
  readonly preprocessing: PicturePreprocessing;
  /** Name of the output, [pictures, dimensions]: "image_embeds". */
  readonly output: string;
  /** Tokens that it computes of a picture: its patches, and a class token if it has one. */
  readonly tokens: number;
  readonly variants: { readonly [V in ModelVariant]?: VariantSpec };
}

/** The inputs of several pictures, one after another. */
export function modelInput(
  pictures: readonly Picture[],
  { preprocessing }: Pick<PictureModelSpec, "preprocessing">,
): Float32Array<ArrayBuffer> {
  const values = 3 * preprocessing.size ** 2;
  const input = new Float32Array(pictures.length * values);
  pictures.forEach((picture, at) => {
    input.set(pictureInput(picture, preprocessing), at * values);
  });
  return input;
}
