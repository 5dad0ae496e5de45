import type { RelevanceSet } from "./relevance-set.ts";

/** Documents of one set, ready to be asked. */
export interface Ranker {
  readonly name: string;
  /** At most `k` ids of documents, best first, each once. */
  rank(query: string, k: number): Promise<string[]>;
  close?(): Promise<void>;
}

export type OpenRanker = (set: RelevanceSet) => Promise<Ranker>;
