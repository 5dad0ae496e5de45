import { type Filter, type Hit, LIMITS, type SearchOptions, type SearchResult } from "@pipit/core";
import { PART_CHARACTERS } from "../files/text-parts.ts";
import { groupedHits, type HitGroup } from "./grouped-hits.ts";
import type { Searcher } from "./joined-engine.ts";

export interface DocumentSearch extends Omit<SearchOptions, "k"> {
  /** The number of documents to find. */
  readonly documents: number;
  /** The number of hits that are asked for at first for each of them: several may be parts of one document. */
  readonly partsEach: number;
}

export interface FoundDocuments {
  /** What the first search says of its answer, with the hits of all. */
  readonly result: SearchResult;
  /** The hits by document, best first: as many documents as were to be found or more, or all there are. */
  readonly groups: readonly HitGroup[];
}

/** Hits that are asked for first for each of the visitor's documents; a bird is a document of one part. */
export const PARTS_EACH = 4;
/** So many fit into an answer, even if each passage is a whole part, beside the path. */
const MOST_HITS = Math.floor(LIMITS.answerCharacters / (2 * PART_CHARACTERS + 1_000));

/**
 * Searches until enough documents are found. One search does, unless documents with many parts take up all its hits. Then those that were
 * found are left out of the next search, which asks for more. Beyond some thousands of documents the limits of a filter end it.
 */
export async function searchDocuments(
  searcher: Searcher,
  query: Parameters<Searcher["search"]>[0],
  { documents, partsEach, ...options }: DocumentSearch,
): Promise<FoundDocuments> {
  let k = Math.min(MOST_HITS, documents * partsEach);
  const first = await searcher.search(query, { ...options, k });
  const hits = [...first.hits];
  let isAll = hits.length < k;
  let groups = groupedHits(hits);
  while (!isAll && groups.length < documents) {
    const filter = withoutFound(groups, options.filter);
    if (!filter) break;
    k = Math.min(MOST_HITS, 2 * k);
    const next = await searcher.search(query, { ...options, filter, k });
    hits.push(...next.hits);
    isAll = next.hits.length < k;
    const before = groups.length;
    groups = groupedHits(hits);
    if (groups.length === before) break;
  }
  return { result: { ...first, hits }, groups };
}

/** A field whose value one document has alone. */
const NAMES = ["path", "scientificName"];

/** The filter that leaves out the found documents; undefined if it would exceed the limits of a filter. */
function withoutFound(groups: readonly HitGroup[], filter: Filter | undefined): Filter | undefined {
  const found = NAMES.map((field) => ({ not: { field, in: groups.flatMap(({ best }) => nameOf(best, field)) } }));
  const rest = { and: filter ? [filter, ...found] : found };
  const isWithin = groups.length <= LIMITS.filterValues && JSON.stringify(rest).length <= LIMITS.filterCharacters;
  return isWithin ? rest : undefined;
}

function nameOf({ entry }: Hit, field: string): string[] {
  const name = entry.fields?.[field];
  return typeof name === "string" ? [name] : [];
}
