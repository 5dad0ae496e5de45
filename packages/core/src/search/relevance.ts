import type { Evidence } from "../ports/evidence.ts";
import { fusedScores } from "./fused-scores.ts";

/** The best hit of an answer is likely relevant from this probability on. */
export const LIKELY = 0.5;

/** Who asks for a text or title by all its words means it: little of the doubt is left. */
const DOUBT_OF_WHOLE = 1e-3;

export interface AskedQuery {
  /** The share of the query, 0 to 1, that its vector represents. */
  readonly read: number;
}

/** The probability that each candidate of one query answers it. */
export function probabilitiesOf(candidates: readonly Evidence[], { read }: AskedQuery): number[] {
  const fused = fusedScores(candidates.map(({ cosine = 0, words = 0, coverage = 0 }) => ({ cosine, words, coverage })));
  return candidates
    .map(({ cosine, coverage }, i) => {
      const byWords = coverage === undefined ? undefined : -4 + 8 * coverage;
      const byMeaning = cosine === undefined ? undefined : -4 + 9 * cosine;
      if (byWords === undefined) return sigmoid(byMeaning ?? 0);
      if (byMeaning === undefined) return sigmoid(byWords);
      const share = read / 2;
      return sigmoid(share * byMeaning + (1 - share) * byWords + 0.2 * fused[i]!);
    })
    .map((probability, i) => (candidates[i]!.whole ? 1 - DOUBT_OF_WHOLE * (1 - probability) : probability));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
