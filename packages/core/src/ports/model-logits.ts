/** How a model turns cosines of a picture and texts into probabilities, as it was trained. */
export interface ModelLogits {
  /** Cosines are multiplied by it. 100 for OpenAI's CLIP. */
  readonly scale: number;
  /** Added to the products. Default 0. */
  readonly bias?: number | undefined;
  /** "one": exactly one label is right, so that probabilities sum up to 1 (CLIP). "each": every label is right or wrong by itself (SigLIP). */
  readonly right: "one" | "each";
}
