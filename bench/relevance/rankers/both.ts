import { leastLikely, probabilitiesOf } from "@pipit/core";
import type { Log } from "../../bench.ts";
import { candidatesOf } from "../candidates.ts";
import type { EmbeddedSet } from "../embedded-set.ts";
import { minilmSet } from "../minilm-set.ts";
import type { OpenRanker } from "../ranker.ts";
import type { RelevanceSet } from "../relevance-set.ts";
import { starterSet } from "../starter-set.ts";
import { minilmTokenSet } from "../token-set.ts";

/** Pipit's words and the starter's vectors: nothing is downloaded. */
export const openBothRanker: OpenRanker = (set) => open("both", set, starterSet(set));

/** Pipit's words, and MiniLM's vectors of passages and of their tokens. */
export const bothMinilmRanker =
  (log: Log): OpenRanker =>
  async (set) =>
    open("both-minilm", set, await minilmTokenSet(set, log));

/** Pipit's words and MiniLM's vectors of passages: what tokens add is the difference to `both-minilm`. */
export const bothTokenlessRanker =
  (log: Log): OpenRanker =>
  async (set) =>
    open("both-tokenless", set, await minilmSet(set, log));

async function open(name: string, set: RelevanceSet, embedded: EmbeddedSet) {
  const ask = await candidatesOf(set, embedded);
  const judge = async (query: string) => {
    const { query: asked, candidates } = await ask(query);
    const probabilities = probabilitiesOf(
      candidates.map(({ evidence }) => evidence),
      asked,
    );
    const best = new Map<string, number>();
    for (const [i, { document }] of candidates.entries()) {
      const { id } = set.documents[document]!;
      best.set(id, Math.max(best.get(id) ?? 0, probabilities[i]!));
    }
    return Array.from(best, ([id, probability]) => ({ id, probability })).sort((a, b) => b.probability - a.probability);
  };
  const rank = async (query: string, k: number) => (await judge(query)).slice(0, k).map(({ id }) => id);
  const likely = leastLikely([{ tokens: embedded.tokens && 0 }]);
  return { name, rank, judge, likely, close: async () => embedded.tokens?.close() };
}
