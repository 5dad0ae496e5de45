import { WordSearch } from "@pipit/core";

/** The index of the part that shares most words with the query, or 0 if none shares any. */
export function wordiestPart(query: string, parts: readonly string[]): number {
  const words = new WordSearch();
  for (const [at, part] of parts.entries()) words.put(String(at), part, [{ start: 0, end: part.length }]);
  return Number(words.search(query, { k: 1, allows: () => true })[0]?.id ?? 0);
}
