import type { TextRange } from "../ports/evidence.ts";

/** The tokens of a passage: of each its part of the late interaction, and the range of its word. */
export interface PassageTokens {
  readonly parts: Float32Array;
  readonly ranges: readonly TextRange[];
}

/** The share of the interaction from which on a word is one that made its passage a hit. */
const LEAST_SHARE = 0.08;
/** Shorter words are articles and the like; single ideographs are words. */
const IS_WORD = /^(?!.*\s).*(\p{L}{3}|\p{N}|\p{Script=Han})/su;
const JOINS = /^[\s-]{1,2}$/;

/**
 * The words that carry the late interaction, as ranges of the passage's text. Neighbouring words are one range. Nothing if the text
 * is divided into tokens in another way than when it was embedded, or if its tokens have no places (`tokenRanges`).
 */
export function tokenMatches(text: string, { parts, ranges }: PassageTokens): TextRange[] {
  if (parts.length !== ranges.length) return [];
  const total = parts.reduce((sum, part) => sum + part, 0);
  const shares = new Map<number, { range: TextRange; share: number }>();
  for (const [token, range] of ranges.entries()) {
    const word = shares.get(range.start) ?? { range, share: 0 };
    word.share += parts[token]! / total;
    shares.set(range.start, word);
  }
  const carrying = [...shares.values()].filter(({ range: { start, end }, share }) => {
    return share >= LEAST_SHARE && IS_WORD.test(text.slice(start, end));
  });
  return joinedNeighbours(
    text,
    carrying.map(({ range }) => range),
  );
}

/** `ranges` are in the order of the text. */
function joinedNeighbours(text: string, ranges: readonly TextRange[]): TextRange[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of ranges) {
    const last = joined.at(-1);
    if (last && JOINS.test(text.slice(last.end, start))) last.end = end;
    else joined.push({ start, end });
  }
  return joined;
}
