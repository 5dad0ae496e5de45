import { evidenceSum, ndcgAt, type RelevanceWeights } from "@pipit/core";
import { bestOfDocuments, type JudgedQuery } from "./judged-query.ts";

export type SumWeights = RelevanceWeights["sum"];

/** Only the ratios of the weights order candidates, so that one of them is given. */
const COSINE = 9;
const TRIED = { words: [0.1, 0.15, 0.2, 0.3], coverage: [1, 2, 3], names: [0, 0.1, 0.25], all: [0, 1, 2] };
const DEPTH = 10;
/**
 * The written questions avoid the words of their answers, which most searches do not: of the weights that order nearly as well as
 * the best, those that count words most are taken.
 */
const NEARLY_BEST = 0.006;

/** The weights of evidence that order the sets best, by their mean nDCG@10. Each set counts alike. */
export function fitSum(sets: readonly (readonly JudgedQuery[])[]): SumWeights {
  const tried = combinations().map((weights) => ({ weights, mean: meanOf(sets, weights) }));
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
      TRIED.names.flatMap((names) => TRIED.all.map((all) => ({ cosine: COSINE, words, coverage, names, all }))),
    ),
  );
}

function meanOf(sets: readonly (readonly JudgedQuery[])[], weights: SumWeights): number {
  const means = sets.map((queries) => {
    const answered = queries.filter(({ answers }) => answers > 0);
    return answered.reduce((sum, query) => sum + ndcgOf(query, weights), 0) / answered.length;
  });
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}

function ndcgOf(query: JudgedQuery, weights: SumWeights): number {
  const ranked = bestOfDocuments(query, (evidence) => evidenceSum(evidence, weights)).slice(0, DEPTH);
  const ids = ranked.map(({ candidate }) => `${candidate.document}`);
  const right = ranked.flatMap(({ candidate }, i) => (candidate.isRight ? [ids[i]!] : []));
  const missed = Array.from({ length: Math.max(0, query.answers - right.length) }, (_, i) => `missed ${i}`);
  return ndcgAt({ ranked: ids, gains: new Map([...right, ...missed].map((id) => [id, 1])) }, DEPTH);
}
