import type { RelevanceSet } from "./relevance-set.ts";

/** Documents of one set, ready to be asked. */
export interface Ranker {
  readonly name: string;
  /** At most `k` ids of documents, best first, each once. */
  rank(query: string, k: number): Promise<string[]>;
  /** All candidates with the probability of each, most probable first; absent from rankers that know none. */
  judge?(query: string): Promise<JudgedDocument[]>;
  /** The least probability of a best document that is likely an answer. */
  readonly likely?: number | undefined;
  close?(): Promise<void>;
}

export interface JudgedDocument {
  readonly id: string;
  readonly probability: number;
}

export type OpenRanker = (set: RelevanceSet) => Promise<Ranker>;
