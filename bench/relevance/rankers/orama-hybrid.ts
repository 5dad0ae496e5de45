import type { Log } from "../../bench.ts";
import type { EmbeddedSet } from "../embedded-set.ts";
import { minilmSet } from "../minilm-set.ts";
import { loadOrama, tokenizerOf } from "../orama-index.ts";
import type { OpenRanker } from "../ranker.ts";
import type { RelevanceSet } from "../relevance-set.ts";

/** As many passages are asked for as may belong to the same documents. */
const PASSAGES_PER_DOCUMENT = 6;

/** Orama's hybrid search with the vectors of MiniLM. A record of Orama has one vector, so that each passage is a record. */
export function oramaHybridRanker(log: Log): OpenRanker {
  return async (set) => {
    const orama = await loadOrama();
    const kept = await minilmSet(set, log);
    const { dimensions } = kept.vectors;
    const schema = { title: "string", text: "string", vector: `vector[${dimensions}]` };
    const index = orama.create({ schema, components: { tokenizer: await tokenizerOf(set.language) } });
    await orama.insertMultiple(index, recordsOf(set, kept));
    const rank = async (term: string, k: number) => {
      const vector = { value: Array.from(kept.queryVector(term).rows), property: "vector" };
      // By default Orama drops vectors below .8, which is above the cosine of a question and its answer.
      const options = { mode: "hybrid", term, vector, similarity: 0, limit: k * PASSAGES_PER_DOCUMENT };
      const { hits } = await orama.search(index, options);
      const found = new Set(hits.map(({ id }) => documentOf(id)));
      return [...found].slice(0, k).map((document) => set.documents[document]!.id);
    };
    return { name: "orama-hybrid", rank };
  };
}

function recordsOf({ documents }: RelevanceSet, { passages, vectors: { rows, dimensions } }: EmbeddedSet): object[] {
  return passages.map(({ document, text }, row) => ({
    id: `${document} ${row}`,
    title: documents[document]!.title ?? "",
    text,
    vector: Array.from(rows.subarray(row * dimensions, (row + 1) * dimensions)),
  }));
}

function documentOf(id: string): number {
  return Number(id.slice(0, id.indexOf(" ")));
}
