import type { EntryText, Passage, UnreadPassage } from "../ports/entry-store.ts";
import { weightedTitles } from "../words/titles.ts";
import type { WordUnit } from "../words/unit-words.ts";

/**
 * The parts of an entry that are compared by words: its passages, and then its unread parts that lie in none of these. Words that the
 * model does not read within a passage are words of that passage.
 */
export function wordedParts({
  passages,
  unread = [],
}: Pick<EntryText, "passages" | "unread">): readonly (Passage | UnreadPassage)[] {
  if (unread.length === 0) return passages;
  const sorted = [...unread].sort((a, b) => a.start - b.start);
  const inside = new Set<UnreadPassage>();
  let first = 0;
  for (const { start, end } of passages) {
    while (first < sorted.length && sorted[first]!.start < start) first++;
    for (let i = first; i < sorted.length && sorted[i]!.start < end; i++) {
      if (sorted[i]!.end <= end) inside.add(sorted[i]!);
    }
  }
  return [...passages, ...sorted.filter((part) => !inside.has(part))];
}

/** The units of an entry in the index of words, in the order of `wordedParts`. Each has the entry's title. */
export function wordUnitsOf(entry: EntryText): WordUnit[] {
  const fields = weightedTitles(entry.fields);
  return wordedParts(entry).map(({ start, end }) => ({ text: entry.text.slice(start, end), fields }));
}
