import type { AskedWord } from "./bm25.ts";
import { partsOfCompound } from "./compound-parts.ts";
import { type Expansion, expansionsOf, partExpansions, softExpansions, typedExpansions } from "./expansions.ts";
import { type Parting, withSpace } from "./missing-space.ts";
import type { NearWord, NearWords } from "./near-words.ts";
import type { Vocabulary } from "./vocabulary.ts";
import type { QueryWord } from "./word-query.ts";

/** How far a word of a query reaches: see `AskOptions`. */
export type Reach = "near" | "written" | "typed";

/** What an index knows of its words. */
export interface KnownWords {
  readonly vocabulary: Vocabulary;
  /** The number of present units with a word. */
  readonly documentsOf: (word: number) => number;
  /** The rarity of a word by the number of its units. */
  readonly rarityOf: (documents: number) => number;
  readonly near?: NearWords | undefined;
  readonly stopWords?: ReadonlySet<string> | undefined;
  readonly isCompounding?: boolean | undefined;
}

const STOP_WORD_FACTOR = 0.25;
/** How much more an identifier counts than a word as rare. */
export const IDENTIFIER_FACTOR = 2;

/** The words of the index that count as a word of a query, and how much they count together. */
function askedWord(asked: QueryWord, reach: Reach, known: KnownWords): AskedWord {
  const { word, isIdentifier = false, isLast = false, compounds = [], forms = [] } = asked;
  const expansions = reach === "typed" ? typedExpansions : expansionsOf;
  const isStop = !isIdentifier && known.stopWords?.has(word) === true;
  const hasMeaning = isStop || known.near?.hasMeaning(word);
  const literal = expansions(word, { ...known, isLast, hasMeaning: hasMeaning === true, compounds, forms });
  // Of words that count as one, the units are not joined: their sum is at most too large, and needs no reading.
  const rarity = known.rarityOf(postingsOf(literal, known));
  const hasNoMeaning = hasMeaning === false;
  const near = isStop || reach !== "near" ? [] : nearest(asked, known);
  const parts = reach === "typed" ? [] : partsOfCompound(asked, known);
  const meant = [...literal, ...partExpansions(parts, { words: literal, rarity }, known)];
  const words = [...meant, ...softExpansions(near, { words: meant, rarity }, known)];
  return {
    words,
    postings: postingsOf(words, known),
    rarity: rarity * (isIdentifier ? IDENTIFIER_FACTOR : stopFactor(isStop)),
    isStop,
    isName: isIdentifier || hasNoMeaning,
    isMisspelt: hasNoMeaning && literal.some(({ isGuessed }) => isGuessed),
  };
}

/**
 * The words of the index that count as a word of a query. An unknown one that is two words without the space between them counts as these;
 * both are typing errors then, since a vector does not represent what was typed.
 */
export function askedWords(asked: QueryWord, reach: Reach, known: KnownWords & Pick<Parting, "areNeighbours">) {
  const own = askedWord(asked, reach, known);
  const isUnknown = own.words.every(({ isGuessed }) => isGuessed) && !known.near?.hasMeaning(asked.word);
  const parts = reach !== "typed" && isUnknown ? withSpace(asked, known) : undefined;
  return parts ? parts.map((part) => ({ ...askedWord(part, reach, known), isMisspelt: true })) : [own];
}

/** The share of its rarity by which a word counts. */
export function stopFactor(isStop: boolean): number {
  return isStop ? STOP_WORD_FACTOR : 1;
}

function nearest({ word, isIdentifier, isLiteral }: QueryWord, { near }: KnownWords): readonly NearWord[] {
  return !near || isIdentifier || isLiteral ? [] : near.nearest(word);
}

function postingsOf(words: readonly Expansion[], { documentsOf }: KnownWords): number {
  return words.reduce((sum, { word }) => sum + documentsOf(word), 0);
}
