import type { Space } from "../space.ts";
import { isEnglish } from "../words/languages.ts";

/** Judged by words as much as by all evidence: nothing is known of how much of such a language a model learnt by the way. */
const BY_THE_WAY = 0.5;

/**
 * How far the vectors of a space count for texts of a language, 0 to 1. A model that names the scripts that it reads was trained on English. Of
 * another language in these scripts it knows names, borrowed words and letters, and nothing of the grammar.
 */
export function fluencyOf({ scripts }: Space, language: string): number {
  return scripts === undefined || isEnglish(language) ? 1 : BY_THE_WAY;
}
