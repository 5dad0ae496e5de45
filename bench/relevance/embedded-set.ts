import type { Vectors } from "@pipit/test/fixtures/vectors";
import type { DocumentPassage } from "./passages.ts";

/** Passages of a set and their vectors by one producer, with the vectors of its queries. */
export interface EmbeddedSet {
  readonly passages: readonly DocumentPassage[];
  readonly vectors: Vectors;
  queryVector(query: string): Vectors;
  /** Missing for a producer that makes no token vectors. */
  readonly tokens?: ComparedTokens | undefined;
}

/** The token vectors of a set's passages. */
export interface ComparedTokens {
  /** The late interaction of a query with some passages. `rarityOf` weighs the query's words. */
  compare(query: string, rows: readonly number[], rarityOf: (word: string) => number): Promise<ArrayLike<number>>;
  close(): Promise<void>;
}
