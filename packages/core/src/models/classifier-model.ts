import type { PicturePreprocessing } from "../prepare/pictures/picture-input.ts";
import type { ModelFile, OnnxVariant, VariantSpec } from "./model-files.ts";

/** A model that was trained to name what a picture shows, of labels of its own. */
export interface PictureClassifierSpec {
  /** Owner and name on the public hub, or its name alone. */
  readonly hubName: string;
  readonly preprocessing: PicturePreprocessing;
  /** Name of the output, [1, labels]: probabilities. */
  readonly output: string;
  /** A text file with a label a line, in the order of the output. */
  readonly labels: ModelFile;
  /** The label of pictures that show none of the others. */
  readonly nothing?: string;
  readonly variants: { readonly [V in OnnxVariant]?: VariantSpec };
}
