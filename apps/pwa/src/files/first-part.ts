import type { SearchEngine } from "@pipit/core";

// For a text from a long file, the first part is among this many nearest hits.
const AMONG = 50;

/** True if the first stored part of a file has this text. */
export async function isFirstPart(engine: Pick<SearchEngine, "search">, path: string, text: string): Promise<boolean> {
  const { hits } = await engine.search(text, { k: AMONG, filter: { field: "path", equals: path } });
  return hits.some(({ id, entry }) => id === path && entry.text === text);
}
