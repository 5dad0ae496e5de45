import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RelevanceWeights } from "@pipit/core";

const PATH = fileURLToPath(new URL("../../../packages/core/src/search/relevance-weights.ts", import.meta.url));
const BEGIN = "export const RELEVANCE_WEIGHTS";

/** Writes the weights into their file, below the types, which stay. */
export function writeWeights(weights: RelevanceWeights): void {
  const before = readFileSync(PATH, "utf8");
  writeFileSync(PATH, before.slice(0, before.indexOf(BEGIN)) + written(weights));
}

function written({ sum, usualTokens, both, meaning, interacting, words, likely }: RelevanceWeights): string {
  return `${BEGIN}: RelevanceWeights = {
  sum: ${objectOf(sum)},
  usualTokens: ${objectOf(usualTokens)},
  both: ${objectOf(both)},
  meaning: ${objectOf(meaning)},
  interacting: {
    both: ${objectOf(interacting.both)},
    meaning: ${objectOf(interacting.meaning)},
    likely: ${interacting.likely},
  },
  words: ${objectOf(words)},
  likely: ${likely},
};
`;
}

function objectOf(numbers: object): string {
  return `{ ${Object.entries(numbers)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ")} }`;
}
