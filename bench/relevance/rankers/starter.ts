import { modelText, passagesOf } from "../passages.ts";
import type { OpenRanker } from "../ranker.ts";
import { starter, window } from "../starter-model.ts";
import { nearestDocuments } from "../vector-scan.ts";

/** Nearest vectors by the encoder that ships inside. */
export const openStarterRanker: OpenRanker = async (set) => {
  const { dimensions } = starter.header;
  const passages = passagesOf(set, window);
  const rows = new Float32Array(passages.length * dimensions);
  for (const [i, { text }] of passages.entries()) rows.set(starter.encode(text), i * dimensions);
  const kept = { passages, vectors: { rows, dimensions } };
  const rank = async (query: string, k: number) => {
    const vector = { rows: Float32Array.from(starter.encode(modelText(query))), dimensions };
    return nearestDocuments(vector, kept, k).map((document) => set.documents[document]!.id);
  };
  return { name: "starter", rank };
};
