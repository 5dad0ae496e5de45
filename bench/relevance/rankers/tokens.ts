import { probabilitiesOf } from "@pipit/core";
import { loadTokenScorer } from "@pipit/wasm/node";
import type { Log } from "../../bench.ts";
import { type Asked, byScore, type Candidate, candidatesOf, documentsOf } from "../candidates.ts";
import { minilmSet } from "../minilm-set.ts";
import type { OpenRanker } from "../ranker.ts";
import { standardized } from "../standardized.ts";
import { tokenSet } from "../token-set.ts";
import { wordsOf } from "../words-index.ts";

/** The best by words and vectors are ranked again. */
const RERANKED = 50;
/** A standard deviation of the interaction, in odds. */
const INTERACTION = 0.5;

/** Pipit's words and MiniLM's vectors, the first of which are ranked again with their tokens, 16 bytes each. */
export const tokensRanker =
  (log: Log): OpenRanker =>
  async (set) => {
    const embedded = await minilmSet(set, log);
    const { passages } = embedded;
    const { index } = await wordsOf(set, passages);
    const rarityOf = (word: string) => index.rarityOf(word);
    const [candidates, tokens] = [await candidatesOf(set, embedded), await tokenSet(passages, { log, rarityOf })];
    const scorer = await loadTokenScorer();
    const interactions = async (query: string, rows: readonly number[]) =>
      scorer.score(
        await tokens.queryTokens(query),
        rows.map((row) => tokens.passages[row]!),
      );
    const rank = async (query: string, k: number) =>
      documentsOf(await reranked(candidates(query), (rows) => interactions(query, rows)), set, k);
    return { name: "tokens", rank, close: tokens.close };
  };

/** The first candidates by the sum of their interaction and the odds of their evidence; the others follow as they were. */
export async function reranked(
  { candidates, query }: Asked,
  interactionsOf: (rows: readonly number[]) => Promise<ArrayLike<number>>,
): Promise<Candidate[]> {
  const evidence = candidates.map((candidate) => candidate.evidence);
  const odds = probabilitiesOf(evidence, query).map((probability) => Math.log(probability / (1 - probability)));
  const order = byScore([...candidates.keys()], odds);
  const first = order.slice(0, RERANKED);
  const interactions = standardized(await interactionsOf(first.map((at) => candidates[at]!.row)));
  const again = byScore(
    first,
    first.map((at, i) => odds[at]! + INTERACTION * interactions[i]!),
  );
  return [...again, ...order.slice(RERANKED)].map((at) => candidates[at]!);
}
