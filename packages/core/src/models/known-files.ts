import { placesOf } from "./folders-of.ts";
import { MINILM } from "./registry.ts";

/** All models that a tab may request. */
const MODELS = [MINILM];

/** All places of their files inside a source, each with the size of the measured file. */
export function knownFiles(): { readonly path: string; readonly bytes: number }[] {
  return MODELS.flatMap(placesOf);
}
