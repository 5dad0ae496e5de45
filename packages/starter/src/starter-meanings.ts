import type { WordMeanings } from "@pipit/core";
import type { Starter } from "./open-starter.ts";

/** The starter's words, for an index of English words. */
export function starterMeanings({ header, wordVector }: Starter): WordMeanings {
  return { dimensions: header.dimensions, vectorOf: wordVector };
}
