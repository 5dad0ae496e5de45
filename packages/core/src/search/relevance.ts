import type { Evidence, Reason } from "../ports/evidence.ts";
import {
  type Calibration,
  type EvidenceWeights,
  RELEVANCE_WEIGHTS,
  type RelevanceWeights,
} from "./relevance-weights.ts";

export interface AskedQuery {
  /** The share of the query, 0 to 1, that its vector represents: the model reads it, and knows its language. */
  readonly read: number;
  /** The share of the query, 0 to 1, that is codes which no candidate can have. Default: 0. */
  readonly absent?: number | undefined;
}

/** Who asks for a text or title by all its words means it: little of the doubt is left. */
const DOUBT_OF_WHOLE = 1e-3;
const NEARLY_ALL = 0.999;

/**
 * The probability that each candidate of one query answers it, in the order of the candidates. Evidence is summed up by fixed weights, and
 * logistic regressions turn sums into probabilities, fitted to judged questions (`npm run bench -- fit`). More of any evidence of a
 * candidate never makes it less probable.
 *
 * A candidate without a cosine is judged by its words, and one without words by its cosine. If only some passages have tokens, the others
 * are judged as if theirs were the usual ones. Of a query that the model reads in part, the judgment by both and that by words count by that
 * part. By the share of codes that are absent, nothing is an answer.
 */
export function probabilitiesOf(given: readonly Evidence[], { read, absent = 0 }: AskedQuery): number[] {
  const { both, meaning } = fittedTo(given);
  const candidates = given.some(isInteracting) ? given.map(withUsualTokens) : given;
  const byBoth = judged(candidates, both, bothOf);
  const byMeaning = judged(candidates, meaning, bySense);
  const byWordsAlone = judged(candidates, RELEVANCE_WEIGHTS.words, byWords);
  return candidates.map(({ whole }, i) => {
    const alone = byWordsAlone[i];
    const joint = byBoth[i];
    const mixed = joint === undefined || alone === undefined ? joint : read * joint + (1 - read) * alone;
    const probability = mixed ?? alone ?? byMeaning[i] ?? 0;
    return whole ? 1 - DOUBT_OF_WHOLE * (1 - probability) : (1 - absent) * probability;
  });
}

/** The best of these hits of one query is likely an answer from this probability on. */
export function leastLikely(hits: readonly Evidence[]): number {
  return fittedTo(hits).likely;
}

function fittedTo(candidates: readonly Evidence[]): RelevanceWeights["interacting"] {
  return candidates.some(isInteracting) ? RELEVANCE_WEIGHTS.interacting : RELEVANCE_WEIGHTS;
}

const isInteracting = ({ tokens }: Evidence) => tokens !== undefined;

function withUsualTokens(evidence: Evidence): Evidence {
  const { cosine, tokens } = evidence;
  if (cosine === undefined || tokens !== undefined) return evidence;
  const { intercept, slope } = RELEVANCE_WEIGHTS.usualTokens;
  return { ...evidence, tokens: intercept + slope * cosine };
}

function bySense({ cosine, tokens }: Evidence): number | undefined {
  return cosine === undefined ? undefined : evidenceSum({ cosine, tokens });
}

function byWords({ cosine: _, tokens: __, ...evidence }: Evidence): number | undefined {
  return evidence.words === undefined ? undefined : evidenceSum(evidence);
}

/** The sum of a candidate's evidence: larger is better, for candidates of one query and of different ones. */
export function evidenceSum(evidence: Evidence, weights: EvidenceWeights = RELEVANCE_WEIGHTS): number {
  return reasonsFor(evidence, weights).reduce((sum, { value, weight }) => sum + value * weight, 0);
}

/**
 * The parts of a candidate's sum. Kinds of evidence that were not compared are left out. A cosine of a further space is the only reason for its
 * score, and in no sum.
 */
export function reasonsFor(evidence: Evidence, weights: EvidenceWeights = RELEVANCE_WEIGHTS): Reason[] {
  if (evidence.space !== undefined) return [];
  return [...reasonsOfSense(evidence, weights), ...reasonsOfWords(evidence, weights)];
}

function reasonsOfSense({ cosine, tokens }: Evidence, { sum }: EvidenceWeights): Reason[] {
  const byCosine = cosine === undefined ? [] : [{ evidence: "cosine", value: cosine, weight: sum.cosine } as const];
  if (tokens === undefined) return byCosine;
  return [...byCosine, { evidence: "tokens", value: tokens, weight: sum.tokens }];
}

function reasonsOfWords({ words, coverage = 0, title = 0, names = 0 }: Evidence, { sum }: EvidenceWeights): Reason[] {
  if (words === undefined) return [];
  return [
    { evidence: "words", value: words, weight: sum.words },
    { evidence: "coverage", value: coverage, weight: sum.coverage },
    { evidence: "title", value: title, weight: sum.title },
    { evidence: "names", value: names, weight: sum.names },
    { evidence: "all", value: coverage > NEARLY_ALL ? 1 : 0, weight: sum.all },
  ];
}

function bothOf(evidence: Evidence): number | undefined {
  return evidence.cosine === undefined || evidence.words === undefined ? undefined : evidenceSum(evidence);
}

/**
 * Behind a better candidate, one with the same evidence is less probable than alone: most questions have few answers. Word scores are sums, which
 * are greater for long questions, of right and wrong candidates alike.
 */
function judged(
  candidates: readonly Evidence[],
  { intercept, slope, behind, words: ofWords }: Calibration,
  sum: (evidence: Evidence) => number | undefined,
): (number | undefined)[] {
  const sums = candidates.map(sum);
  const best = sums.reduce<number>((most, each) => Math.max(most, each ?? most), Number.NEGATIVE_INFINITY);
  const mostWords = candidates.reduce((most, { words = 0 }) => Math.max(most, words), 0);
  const bias = intercept - ofWords * mostWords;
  return sums.map((each) => {
    if (each === undefined) return undefined;
    return 1 / (1 + Math.exp(-(bias + slope * each - behind * (best - each))));
  });
}
