import { IS_SPELT } from "./folded-words.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { QueryWord } from "./word-query.ts";

/** Of shorter parts, many words are made by chance. */
const LEAST_PART = 4;
/** Written between parts in Germanic languages: "Arbeit-s-markt", "Sonne-n-schein", "Kind-er-garten". */
const LINKS = ["", "s", "es", "n", "en", "er", "e"];

interface Known {
  readonly vocabulary: Vocabulary;
  readonly isCompounding?: boolean | undefined;
  /** They begin many words that are no compounds: "unternehmen". */
  readonly stopWords?: ReadonlySet<string> | undefined;
}

/**
 * The words of the index that are one of two parts of an asked compound, in any inflection: of "Amazonaswald" those of "Amazonas" and "Wald".
 * The words of the index stand for a dictionary. Where a compound can be parted in several ways, all count. A word in quotes, or of an
 * identifier, is meant as it is, as is any of a language that writes compounds as several words.
 */
export function partsOfCompound({ word, isIdentifier, isLiteral }: QueryWord, known: Known): number[] {
  if (!known.isCompounding || isIdentifier || isLiteral || !IS_SPELT.test(word)) return [];
  const parts = new Set<number>();
  for (let at = LEAST_PART; at <= word.length - LEAST_PART; at++) {
    const last = wordsOfPart(word.slice(at), known);
    const first = last.length > 0 ? withoutLink(word.slice(0, at), known) : [];
    if (first.length > 0) for (const part of [...first, ...last]) parts.add(part);
  }
  return [...parts];
}

function wordsOfPart(part: string, { vocabulary, stopWords }: Known): number[] {
  return part.length < LEAST_PART || stopWords?.has(part) ? [] : vocabulary.sameStem(part);
}

function withoutLink(part: string, known: Known): number[] {
  for (const link of LINKS) {
    const words = part.endsWith(link) ? wordsOfPart(part.slice(0, part.length - link.length), known) : [];
    if (words.length > 0) return words;
  }
  return [];
}
