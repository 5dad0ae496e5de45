import type { RowBitmap } from "../ports/vector-index.ts";
import { hasBit, unitsOf } from "./unit-bits.ts";
import type { Phrase } from "./word-query.ts";

/** True for a quotation that its words, each for itself, would not find: "The Who". */
export function saysLittle({ words }: Phrase, stopWords: ReadonlySet<string> | undefined): boolean {
  return words.every((word) => stopWords?.has(word) === true);
}

interface Quoting {
  readonly unitsWith: (phrase: Phrase) => RowBitmap;
  readonly rarityOf: (units: number) => number;
}

/**
 * Returns the rarity of the quotations that a unit has as they are, together. That is a name's evidence: it tells a book's title from its
 * words in any order. A single word is compared as a word already.
 */
export function quotedIn(quotations: readonly Phrase[], { unitsWith, rarityOf }: Quoting): (unit: number) => number {
  const quoted = quotations.flatMap((phrase) => {
    if (phrase.words.length < 2) return [];
    const units = unitsWith(phrase);
    return [{ units, rarity: rarityOf([...unitsOf(units)].length) }];
  });
  return (unit) => quoted.reduce((sum, { units, rarity }) => sum + (hasBit(units, unit) ? rarity : 0), 0);
}
