import { fusedScores } from "@pipit/core";
import { dot, type Vectors } from "@pipit/test/fixtures/vectors";
import type { Log } from "../../bench.ts";
import { minilmSet } from "../minilm-set.ts";
import { type DocumentPassage, modelText, passagesOf } from "../passages.ts";
import type { OpenRanker } from "../ranker.ts";
import type { RelevanceSet } from "../relevance-set.ts";
import { starter, window } from "../starter-model.ts";
import { wordsOf } from "../words-index.ts";

interface Embedded {
  readonly passages: readonly DocumentPassage[];
  readonly vectors: Vectors;
  queryVector(query: string): Vectors;
}

/** The best by each are candidates. */
const CANDIDATES = 100;

/** Pipit's words and the starter's vectors: nothing is downloaded. */
export const openBothRanker: OpenRanker = (set) => open("both", set, starterSet(set));

/** Pipit's words and MiniLM's vectors. */
export const bothMinilmRanker =
  (log: Log): OpenRanker =>
  async (set) =>
    open("both-minilm", set, await minilmSet(set, log));

async function open(name: string, set: RelevanceSet, { passages, vectors, queryVector }: Embedded) {
  const { index, unitOf, rowOf } = await wordsOf(set, passages);
  const rank = async (query: string, k: number) => {
    const vector = queryVector(query);
    const cosines = passages.map((_, row) => dot(vector, 0, vectors, row));
    const answer = index.ask(`${query} `);
    const nearest = [...cosines.keys()].sort((a, b) => cosines[b]! - cosines[a]!).slice(0, CANDIDATES);
    const rows = new Set([...nearest, ...answer.best(CANDIDATES).map(({ id, unit }) => rowOf(id, unit))]);
    const candidates = [...rows].flatMap((row) => {
      const words = answer.evidenceOf(...unitOf(row));
      return words ? [{ row, cosine: cosines[row]!, words: words.score, coverage: words.coverage }] : [];
    });
    const scores = fusedScores(candidates);
    const ranked = [...candidates.keys()].sort((a, b) => scores[b]! - scores[a]!);
    const documents = ranked.map((at) => passages[candidates[at]!.row]!.document);
    return [...new Set(documents)].slice(0, k).map((document) => set.documents[document]!.id);
  };
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
