import type { Log } from "../../bench.ts";
import { candidatesOf, documentsOf, type Embedded } from "../candidates.ts";
import { minilmSet } from "../minilm-set.ts";
import { modelText, passagesOf } from "../passages.ts";
import type { OpenRanker } from "../ranker.ts";
import type { RelevanceSet } from "../relevance-set.ts";
import { starter, window } from "../starter-model.ts";

/** Pipit's words and the starter's vectors: nothing is downloaded. */
export const openBothRanker: OpenRanker = (set) => open("both", set, starterSet(set));

/** Pipit's words and MiniLM's vectors. */
export const bothMinilmRanker =
  (log: Log): OpenRanker =>
  async (set) =>
    open("both-minilm", set, await minilmSet(set, log));

async function open(name: string, set: RelevanceSet, embedded: Embedded) {
  const candidates = await candidatesOf(set, embedded);
  const { passages } = embedded;
  const rank = async (query: string, k: number) => documentsOf(candidates(query), { set, passages }, k);
  return { name, rank };
}

function starterSet(set: RelevanceSet): Embedded {
  const { dimensions } = starter.header;
  const passages = passagesOf(set, window);
  const rows = new Float32Array(passages.length * dimensions);
  for (const [i, { text }] of passages.entries()) rows.set(starter.encode(text), i * dimensions);
  const queryVector = (query: string) => ({ rows: Float32Array.from(starter.encode(modelText(query))), dimensions });
  return { passages, vectors: { rows, dimensions }, queryVector };
}
