import { WordIndex } from "@pipit/core";

/** The index of the part that shares most words with the query, or 0 if none shares any. */
export function wordiestPart(query: string, parts: readonly string[]): number {
  const words = new WordIndex();
  words.put(
    "parts",
    parts.map((text) => ({ text })),
  );
  return words.search(query, { k: 1 })[0]?.unit ?? 0;
}
