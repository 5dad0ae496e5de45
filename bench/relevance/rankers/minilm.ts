import type { Log } from "../../bench.ts";
import { minilmSet } from "../minilm-set.ts";
import type { OpenRanker } from "../ranker.ts";
import { nearestDocuments } from "../vector-scan.ts";

/** Nearest vectors by MiniLM, fp32. */
export function minilmRanker(log: Log): OpenRanker {
  return async (set) => {
    const kept = await minilmSet(set, log);
    const rank = async (query: string, k: number) =>
      nearestDocuments(kept.queryVector(query), kept, k).map((document) => set.documents[document]!.id);
    return { name: "minilm", rank };
  };
}
