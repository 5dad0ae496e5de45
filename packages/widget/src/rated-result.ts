import type { SearchResult } from "@pipit/core";

/** An answer of an engine that tells whether anything found is likely to answer the query. */
export type RatedResult = SearchResult & {
  /** True if nothing is: the hits are only the nearest ones. */
  readonly weak?: true | undefined;
};
