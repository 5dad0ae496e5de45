import type { Hit, SearchEngine, SearchOptions, SearchResult } from "@pipit/core";

/** What a search needs of an engine. */
export type Searcher = Pick<SearchEngine, "search">;

/**
 * Several collections of one space asked at once. Their scores are cosines in that space, so they compare as they are.
 * `took.total` is that of the slowest.
 */
export function joined(engines: readonly Searcher[]): Searcher {
  return {
    async search(query: string | Float32Array, options: SearchOptions = {}): Promise<SearchResult> {
      const results = await Promise.all(engines.map((engine) => engine.search(query, options)));
      const slowest = results.reduce((slow, result) => (result.took.total > slow.took.total ? result : slow));
      const hits = results.flatMap((result) => result.hits).sort(better);
      return { ...slowest, hits: hits.slice(0, options.k ?? 10) };
    },
  };
}

function better(a: Hit, b: Hit): number {
  return b.score - a.score;
}
