import { IS_SPELT } from "./folded-words.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Of shorter parts, many words are made by chance. */
const LEAST_PART = 4;
/** Written between parts in Germanic languages: "Arbeit-s-markt", "Sonne-n-schein", "Kind-er-garten". */
const LINKS = ["", "s", "es", "n", "en", "er", "e"];

interface Known {
  readonly vocabulary: Vocabulary;
  /** They begin many words that are no compounds: "unternehmen". */
  readonly stopWords: ReadonlySet<string> | undefined;
}

/**
 * The words of the index that are one of two parts of a compound, in any inflection: of "Amazonaswald" those of "Amazonas" and "Wald". The words of
 * the index stand for a dictionary. Where a compound can be parted in several ways, all count.
 */
export function partsOfCompound(compound: string, { vocabulary, stopWords }: Known): number[] {
  if (!IS_SPELT.test(compound)) return [];
  const known = (part: string) => (part.length < LEAST_PART || stopWords?.has(part) ? [] : vocabulary.sameStem(part));
  const parts = new Set<number>();
  for (let at = LEAST_PART; at <= compound.length - LEAST_PART; at++) {
    const last = known(compound.slice(at));
    const first = last.length > 0 ? withoutLink(compound.slice(0, at), known) : [];
    if (first.length > 0) for (const word of [...first, ...last]) parts.add(word);
  }
  return [...parts];
}

function withoutLink(part: string, known: (part: string) => number[]): number[] {
  for (const link of LINKS) {
    const words = part.endsWith(link) ? known(part.slice(0, part.length - link.length)) : [];
    if (words.length > 0) return words;
  }
  return [];
}
