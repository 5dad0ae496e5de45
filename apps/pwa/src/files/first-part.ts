import type { SearchEngine } from "@pipit/core";

// Of a long file the first part is among the nearest to itself.
const AMONG = 50;

/** Whether the first stored part of a file has this text. */
export async function isFirstPart(engine: Pick<SearchEngine, "search">, path: string, text: string): Promise<boolean> {
  const { hits } = await engine.search(text, { k: AMONG, filter: { field: "path", equals: path } });
  return hits.some(({ id, entry }) => id === path && entry.text === text);
}
