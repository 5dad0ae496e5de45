import type { EmbeddedSet } from "./embedded-set.ts";
import { modelText, passagesOf } from "./passages.ts";
import type { RelevanceSet } from "./relevance-set.ts";
import { starter, window } from "./starter-model.ts";

/** Vectors of a set by the starter. */
export function starterSet(set: RelevanceSet): EmbeddedSet {
  const { dimensions } = starter.header;
  const passages = passagesOf(set, window);
  const rows = new Float32Array(passages.length * dimensions);
  for (const [i, { text }] of passages.entries()) rows.set(starter.encode(text), i * dimensions);
  const queryVector = (query: string) => ({ rows: Float32Array.from(starter.encode(modelText(query))), dimensions });
  return { passages, vectors: { rows, dimensions }, queryVector };
}
