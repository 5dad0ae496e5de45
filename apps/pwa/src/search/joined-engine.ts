import type { Hit, SearchEngine, SearchOptions, SearchResult } from "@pipit/core";

/** The part of an engine that a search needs. */
export type Searcher = Pick<SearchEngine, "search">;

/**
 * Searches several collections at once. Their scores are probabilities, so they can be compared directly. The answer is weak if
 * that of each is, and partial if that of one is. `took.total` is that of the slowest.
 */
export function joined(engines: readonly Searcher[]): Searcher {
  return {
    async search(query: string | Float32Array, options: SearchOptions = {}): Promise<SearchResult> {
      const results = await Promise.all(engines.map((engine) => engine.search(query, options)));
      const slowest = results.reduce((slow, result) => (result.took.total > slow.took.total ? result : slow));
      const hits = results.flatMap((result) => result.hits).sort(better);
      const confidence = Math.max(...results.map((result) => result.confidence));
      const weak = results.every((result) => result.weak) || undefined;
      const partial = results.some((result) => result.partial) || undefined;
      return { ...slowest, partial, hits: hits.slice(0, options.k ?? 10), confidence, weak };
    },
  };
}

function better(a: Hit, b: Hit): number {
  return b.score - a.score;
}
