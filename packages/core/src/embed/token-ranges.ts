import type { TextRange } from "../ports/evidence.ts";

type Encode = (text: string) => readonly number[];

/** Words and single signs, and the same joined by anything but spaces. */
const PARTS = [/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu, /\S+/gu];

/**
 * The range of the word or sign that each token is a part of. `ids` are those of the text, or of its beginning. A tokenizer takes words
 * one by one, so that the ids of the parts of a text are those of the text; where they are not, because it parts words elsewhere, larger
 * parts are tried, and at last the text as a whole.
 */
export function tokenRanges(text: string, ids: readonly number[], encode: Encode): TextRange[] {
  for (const part of PARTS) {
    const ranges = rangesOfParts(text.matchAll(part), ids, encode);
    if (ranges) return ranges;
  }
  return ids.map(() => ({ start: 0, end: text.length }));
}

function rangesOfParts(
  parts: Iterable<RegExpExecArray>,
  ids: readonly number[],
  encode: Encode,
): TextRange[] | undefined {
  const ranges: TextRange[] = [];
  for (const { index, 0: part } of parts) {
    if (ranges.length === ids.length) break;
    const range = { start: index, end: index + part.length };
    for (const id of encode(part)) {
      if (ranges.length === ids.length) break;
      if (id !== ids[ranges.length]) return undefined;
      ranges.push(range);
    }
  }
  return ranges.length === ids.length ? ranges : undefined;
}
