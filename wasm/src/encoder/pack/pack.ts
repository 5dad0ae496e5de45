/**
 * Packs a model's own weights for the encoder kernel: `packModel` with one of the recipes, or with one of your own. On Node and in
 * a tab; a page that gets its models packed never loads this.
 */
export { bertFamily, CLIP_PICTURE, CLIP_TEXT, type EncoderFamily } from "./encoder-family.ts";
export type { LayerStatistics } from "./pack-encoder.ts";
export { type EncoderRecipe, type ModelToPack, packModel } from "./pack-model.ts";
export { MINILM_RECIPE } from "./recipes.ts";
export type { InputStatistics } from "./smoothing.ts";
