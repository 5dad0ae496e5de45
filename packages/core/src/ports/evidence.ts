/** What is known of how well a part of an entry answers a query. A kind is absent if it was not compared. */
export interface Evidence {
  /** Cosine of query and part, -1 to 1. */
  readonly cosine?: number | undefined;
  /** Id of the space in which the cosine was measured, if that is a further one: its parts are compared by nothing else. */
  readonly space?: string | undefined;
  /** Late interaction of query and passage, -1 to 1: how near the query's tokens are to their best ones of the passage. */
  readonly tokens?: number | undefined;
  /** BM25F score by the words of the query, from 0. It depends on the collection. */
  readonly words?: number | undefined;
  /** The share of the query's words that the passage has, 0 to 1: rare words count more. */
  readonly coverage?: number | undefined;
  /** How well the entry's title has the query's words, but for stop words: 1 with all of them as asked, less with other forms, 0 if it lacks one. */
  readonly title?: number | undefined;
  /**
   * The rarity of the names and identifiers among the query's words that the passage has, and of its quotations, from 0. The model has no
   * meaning for these.
   */
  readonly names?: number | undefined;
  /** True if the query is the whole passage or title, word for word. */
  readonly whole?: true | undefined;
}

/** A kind of evidence in the sum that a score is made of: `value` times `weight` is its part. */
export interface Reason {
  /** "all": 1 if the passage has all words of the query. */
  readonly evidence: "cosine" | "tokens" | "words" | "coverage" | "title" | "names" | "all";
  readonly value: number;
  readonly weight: number;
}

/** A range of an entry's text: [start, end) in UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}
