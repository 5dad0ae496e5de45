import type { Fields } from "../entry.ts";
import type { WeightedText } from "./unit-words.ts";

/** Fields that name an entry, in lower case. A word in one of them counts three times as much as in the text. */
const TITLES: ReadonlySet<string> = new Set(["name", "title", "heading", "headline"]);
const TITLE_WEIGHT = 3;

export function titlesOf(fields: Fields): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    typeof value === "string" && TITLES.has(name.toLowerCase()) ? [value] : [],
  );
}

export function weightedTitles(fields: Fields): WeightedText[] {
  return titlesOf(fields).map((text) => ({ text, weight: TITLE_WEIGHT }));
}
