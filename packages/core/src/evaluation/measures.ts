/** The answer of a ranker to one query, best first, and the gains of the documents that are right. */
export interface Answer {
  readonly ranked: readonly string[];
  readonly gains: ReadonlyMap<string, number>;
}

/** Means over the queries that have an answer, each 0 to 1. */
export interface Measures {
  readonly ndcg10: number;
  readonly recall100: number;
  readonly mrr10: number;
  /** The share of queries with a right document among the first five. */
  readonly firstFive: number;
}

export function measuresOf(answers: readonly Answer[]): Measures {
  const answered = answers.filter(({ gains }) => gains.size > 0);
  if (answered.length === 0) throw new Error("got no query with an answer, expected one. Judge a query of the set.");
  for (const { ranked } of answered) assertDistinct(ranked);
  const mean = (measure: (answer: Answer) => number) => sumOf(answered.map(measure)) / answered.length;
  return {
    ndcg10: mean((answer) => ndcgAt(answer, 10)),
    recall100: mean((answer) => recallAt(answer, 100)),
    mrr10: mean((answer) => reciprocalRankAt(answer, 10)),
    firstFive: mean((answer) => (reciprocalRankAt(answer, 5) > 0 ? 1 : 0)),
  };
}

/** Discounted gains of the first `k`, divided by those of the best order of all relevant documents. Gains count as they are. */
export function ndcgAt({ ranked, gains }: Answer, k: number): number {
  const got = ranked.map((id) => gains.get(id) ?? 0);
  const ideal = [...gains.values()].sort((a, b) => b - a);
  return discounted(got.slice(0, k)) / discounted(ideal.slice(0, k));
}

/** The share of the relevant documents among the first `k`; if there are more than `k`, of the `k` that have a place there. */
export function recallAt({ ranked, gains }: Answer, k: number): number {
  return ranked.slice(0, k).filter((id) => gains.has(id)).length / Math.min(gains.size, k);
}

/** One divided by the place of the first relevant document; 0 if it is not among the first `k`. */
export function reciprocalRankAt({ ranked, gains }: Answer, k: number): number {
  const place = ranked.slice(0, k).findIndex((id) => gains.has(id));
  return place < 0 ? 0 : 1 / (place + 1);
}

function discounted(gains: readonly number[]): number {
  return sumOf(gains.map((gain, place) => gain / Math.log2(place + 2)));
}

/** A document that is counted twice would make the gain greater than that of the best order. */
function assertDistinct(ranked: readonly string[]): void {
  if (new Set(ranked).size === ranked.length) return;
  const twice = ranked.find((id, place) => ranked.indexOf(id) !== place);
  throw new Error(`got ${twice} twice in one answer, expected each document once. Keep its best place only.`);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
