import type { Fields } from "@pipit/core";

/** ISO 639-1. A ranker that stems or segments words does so for this language. */
export type Language = "ar" | "de" | "en" | "es" | "zh";

/** Documents, and queries with a judgment of which documents answer them. */
export interface RelevanceSet {
  readonly name: string;
  readonly language: Language;
  readonly documents: readonly RelevanceDocument[];
  readonly queries: readonly RelevanceQuery[];
}

export interface RelevanceDocument {
  readonly id: string;
  /** All that there is to read, the title included. */
  readonly text: string;
  /** Again, for rankers that weigh titles. */
  readonly title?: string;
  readonly fields?: Fields;
}

export interface RelevanceQuery {
  readonly text: string;
  /** The gain of each relevant document, above 0. A query without gains has no answer. */
  readonly gains: ReadonlyMap<string, number>;
}
