import { type EvidenceWeights, evidenceSum, ndcgAt } from "@pipit/core";
import { bestOfDocuments, type JudgedCandidate, type JudgedQuery } from "./judged-query.ts";

type SumWeights = EvidenceWeights["sum"];

/** Only the ratios of the weights order candidates, so that one of them is given. */
const COSINE = 9;
const TRIED = { words: [0.1, 0.15, 0.2, 0.3], coverage: [1, 2, 3], names: [0, 0.1, 0.25], all: [0, 1, 2] };
const TRIED_OF_TITLE = [0, 2, 4, 6, 8];
const MOST_OF_TITLE = Math.max(...TRIED_OF_TITLE);
const TRIED_OF_TOKENS = [0, 2, 4, 6, 8, 10, 12, 16];
const DEPTH = 10;
/**
 * The written questions avoid the words of their answers, which most searches do not: of the weights that order nearly as well as
 * the best, those that count words most are taken.
 */
const NEARLY_BEST = 0.006;
/**
 * Of weights of tokens and of the title, the least that orders nearly as well as the best: late interaction is worse on long abstracts, and
 * an entry may be right whose title says something else.
 */
const NEARLY_BEST_OF_ONE = 0.001;

export type JudgedSets = readonly (readonly JudgedQuery[])[];

/**
 * The weights of evidence that order the sets best, by their mean nDCG@10. Each set counts alike. The weight of the title comes last: until
 * then it is great enough to order what titles can order.
 */
export function fitEvidence(sets: JudgedSets): EvidenceWeights {
  const usualTokens = fitUsualTokens(sets);
  const sum = fitSum(withoutTokens(sets), usualTokens);
  const withTokens = leastOf(TRIED_OF_TOKENS, interactingOf(sets), (tokens) => ({
    sum: { ...sum, tokens },
    usualTokens,
  }));
  return leastOf(TRIED_OF_TITLE, sets, (title) => ({ sum: { ...withTokens.sum, title }, usualTokens }));
}

/** The weights with the least of these values that orders nearly as well as the best of them. */
function leastOf(tried: readonly number[], sets: JudgedSets, weightsOf: (value: number) => EvidenceWeights) {
  const each = tried.map(weightsOf);
  const means = each.map((weights) => meanOf(sets, weights));
  const least = Math.max(...means) - NEARLY_BEST_OF_ONE;
  return each[means.findIndex((mean) => mean >= least)]!;
}

/** The sets whose passages have token vectors. */
export function interactingOf(sets: JudgedSets): JudgedSets {
  return sets.filter((queries) => queries.some(({ candidates }) => candidates.some(hasTokens)));
}

const hasTokens = ({ evidence }: JudgedCandidate) => evidence.tokens !== undefined;

export function withoutTokens(sets: JudgedSets): JudgedSets {
  const without = (candidate: JudgedCandidate) => {
    return { ...candidate, evidence: { ...candidate.evidence, tokens: undefined } };
  };
  return sets.map((queries) => queries.map((query) => ({ ...query, candidates: query.candidates.map(without) })));
}

/** The least squares of late interaction by cosine, over all candidates; each set counts alike. */
function fitUsualTokens(sets: JudgedSets): EvidenceWeights["usualTokens"] {
  const means = { x: 0, y: 0, xx: 0, xy: 0 };
  const interacting = sets.map((queries) => queries.flatMap(({ candidates }) => candidates.filter(hasTokens)));
  const counted = interacting.filter((candidates) => candidates.length > 0);
  for (const candidates of counted) {
    for (const { evidence } of candidates) {
      const [x, y, share] = [evidence.cosine!, evidence.tokens!, 1 / (candidates.length * counted.length)];
      means.x += x * share;
      means.y += y * share;
      means.xx += x * x * share;
      means.xy += x * y * share;
    }
  }
  const slope = (means.xy - means.x * means.y) / (means.xx - means.x ** 2);
  return { intercept: rounded(means.y - slope * means.x), slope: rounded(slope) };
}

const rounded = (value: number) => Number(value.toPrecision(3));

function fitSum(sets: JudgedSets, usualTokens: EvidenceWeights["usualTokens"]): SumWeights {
  const tried = combinations().map((weights) => ({ weights, mean: meanOf(sets, { sum: weights, usualTokens }) }));
  const least = Math.max(...tried.map(({ mean }) => mean)) - NEARLY_BEST;
  const good = tried.filter(({ mean }) => mean >= least);
  const most = Math.max(...good.map(({ weights }) => wordiness(weights)));
  const wordiest = good.filter(({ weights }) => wordiness(weights) === most);
  return wordiest.reduce((best, each) => (each.mean > best.mean ? each : best)).weights;
}

/** In the range of these values they count alike. */
const wordiness = ({ words, coverage, names }: SumWeights) => 20 * words + coverage + 10 * names;

function combinations(): SumWeights[] {
  return TRIED.words.flatMap((words) =>
    TRIED.coverage.flatMap((coverage) =>
      TRIED.names.flatMap((names) =>
        TRIED.all.map((all) => ({ cosine: COSINE, tokens: 0, words, coverage, title: MOST_OF_TITLE, names, all })),
      ),
    ),
  );
}

function meanOf(sets: JudgedSets, weights: EvidenceWeights): number {
  const means = sets.map((queries) => {
    const answered = queries.filter(({ answers }) => answers > 0);
    return answered.reduce((sum, query) => sum + ndcgOf(query, weights), 0) / answered.length;
  });
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}

function ndcgOf(query: JudgedQuery, weights: EvidenceWeights): number {
  const ranked = bestOfDocuments(query, (evidence) => evidenceSum(evidence, weights)).slice(0, DEPTH);
  const ids = ranked.map(({ candidate }) => `${candidate.document}`);
  const right = ranked.flatMap(({ candidate }, i) => (candidate.isRight ? [ids[i]!] : []));
  const missed = Array.from({ length: Math.max(0, query.answers - right.length) }, (_, i) => `missed ${i}`);
  return ndcgAt({ ranked: ids, gains: new Map([...right, ...missed].map((id) => [id, 1])) }, DEPTH);
}
