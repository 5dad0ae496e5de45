import type { NumberedRun } from "./sequences.ts";

/** True if words of the sets follow one another in one of the runs. */
export function hasPhrase(runs: readonly NumberedRun[], phrase: readonly ReadonlySet<number>[]): boolean {
  return runs.some(({ words }) => {
    for (let at = 0; at + phrase.length <= words.length; at++) {
      if (phrase.every((numbers, i) => numbers.has(words[at + i]!))) return true;
    }
    return false;
  });
}
