import type { Vectors } from "@pipit/test/fixtures/vectors";
import type { DocumentPassage } from "./passages.ts";

/** Passages of a set and their vectors by one producer, with the vectors of its queries. */
export interface EmbeddedSet {
  readonly passages: readonly DocumentPassage[];
  readonly vectors: Vectors;
  queryVector(query: string): Vectors;
}
