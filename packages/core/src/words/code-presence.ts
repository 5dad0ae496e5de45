import { type AskedWord, sumOf } from "./bm25.ts";
import type { Code } from "./codes.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { QueryWord, WordQuery } from "./word-query.ts";

/** What an index knows of its words. */
export interface IndexedWords {
  readonly vocabulary: Vocabulary;
  /** The number of present units with a word. */
  readonly documentsOf: (word: number) => number;
  /** True if a unit has these words one after the other. */
  readonly areNeighbours: (words: readonly string[]) => boolean;
}

const DIGIT = /\p{N}/u;
const NUMBERS = /\p{N}+/gu;
/** `3.9.1` has no version 9.1. */
const ENDS_A_NUMBER = /\p{N}[.,]?$/u;
/** A version, an address or a fraction. */
const IS_POINTED = /^v?\p{N}+(?:[.,]\p{N}+)+$/u;
/** Many write versions without it. */
const VERSION = "v";

interface AbsentCodes {
  readonly asked: readonly (AskedWord & { readonly word: string })[];
  /** The rarity of an absent code. */
  readonly rarity: number;
}

/** The share of a query, 0 to 1, that is codes which no unit has. Their parts do not count, nor do words that no unit has either. */
export function absentShare(
  { codes, words }: WordQuery,
  { asked, rarity }: AbsentCodes,
  indexed: IndexedWords,
): number {
  const unfinished = new Set(words.flatMap(({ word, isLast }) => (isLast ? [word] : [])));
  const absent = codes.filter((code) => isAbsent(code, unfinished, indexed));
  if (absent.length === 0) return 0;
  const theirs = new Set(absent.flatMap((code) => code.words));
  const others = asked.filter(({ word }) => !theirs.has(word));
  const presence = sumOf(others, ({ rarity, words }) => rarity * Math.max(0, ...words.map(({ weight }) => weight)));
  const codesTogether = absent.length * rarity;
  return codesTogether / (codesTogether + presence);
}

/** True for an identifier that no unit has as one word, but some have its parts in their order: `XMLHttpRequest` has `HttpRequest`. */
export function isInParts({ word, parts, forms = [], isLast }: QueryWord, indexed: IndexedWords): boolean {
  if (!parts) return false;
  const isWritten = [word, ...forms].some((form) => hasWord(form, isLast === true, indexed));
  return !isWritten && indexed.areNeighbours(parts);
}

function isAbsent(code: Code, unfinished: ReadonlySet<string>, indexed: IndexedWords): boolean {
  const { wholes, isNumberedName } = code;
  if (wholes.some((whole) => hasWord(whole, unfinished.has(whole), indexed))) return false;
  const isThere = writtenParts(code).some(indexed.areNeighbours);
  // Numbers one after another are no version and no fraction, unless points join them.
  if (isThere && (!wholes.some((whole) => IS_POINTED.test(whole)) || isWithin(wholes, indexed))) return false;
  return !isNumberedName || hasSeries(wholes[0]!, indexed);
}

/** The ways in which a text may have the parts of a code, one after the other. */
function writtenParts({ parts }: Code): (readonly string[])[] {
  return parts[0] === VERSION ? [parts, parts.slice(1)] : [parts];
}

/** True if a longer word of a unit has the code between signs: `rake-2.0.1`. Few codes are asked for that need this look at all words. */
function isWithin(wholes: readonly string[], { vocabulary, documentsOf }: IndexedWords): boolean {
  return wholes.some((whole) =>
    vocabulary.words.some((word, number) => isPartOf(whole, word) && documentsOf(number) > 0),
  );
}

function isPartOf(code: string, word: string): boolean {
  const at = word.indexOf(code);
  return at >= 0 && !ENDS_A_NUMBER.test(word.slice(0, at)) && !DIGIT.test(word[at + code.length] ?? "");
}

function hasWord(word: string, isUnfinished: boolean, { vocabulary, documentsOf }: IndexedWords): boolean {
  const isPresent = (number: number) => documentsOf(number) > 0;
  return (
    vocabulary.sameLetters(word).some(isPresent) || (isUnfinished && vocabulary.beginningWith(word).some(isPresent))
  );
}

/** True if a unit has a numbered name with another number: `mp4` for `mp3`. */
function hasSeries(name: string, { vocabulary, documentsOf }: IndexedWords): boolean {
  const letters = name.slice(0, name.search(DIGIT));
  const series = seriesOf(name);
  return Array.from("0123456789", (digit) => letters + digit)
    .flatMap((beginning) => [...vocabulary.sameLetters(beginning), ...vocabulary.beginningWith(beginning)])
    .some((word) => documentsOf(word) > 0 && seriesOf(vocabulary.words[word]!) === series);
}

function seriesOf(name: string): string {
  return name.replace(NUMBERS, "0");
}
