import { type IndexKind, lateInteraction, type TokenScorer } from "@pipit/core";
import { once } from "./once.ts";

/** An index whose code is loaded when one is first made or opened. */
export function laterIndex(name: string, load: () => Promise<IndexKind>): IndexKind {
  const loaded = once(() => "", load);
  return {
    name,
    create: async (dimensions) => (await loaded()).create(dimensions),
    open: async (snapshot, dimensions) => (await loaded()).open(snapshot, dimensions),
  };
}

/** A scorer whose code is loaded at its first use. Until it is there, or if it cannot be had, the reference gives the same scores more slowly. */
export function laterScorer(load: () => Promise<TokenScorer>): TokenScorer {
  let scorer: TokenScorer = {
    score: (query, documents) => Float32Array.from(documents, (document) => lateInteraction(query, document)),
  };
  const loaded = once(
    () => "",
    async () => {
      scorer = await load();
    },
  );
  return {
    score(query, documents) {
      loaded().catch(() => undefined);
      return scorer.score(query, documents);
    },
  };
}
