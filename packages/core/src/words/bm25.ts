import type { RowBitmap } from "../ports/vector-index.ts";
import type { Expansion } from "./expansions.ts";
import type { Postings } from "./postings.ts";
import type { Sequences } from "./sequences.ts";

/** Saturation of a word's frequency, and how much longer texts are held back: the usual values of BM25. */
export const BM25 = { k1: 1.2, b: 0.75, fieldB: 0.5 };

/** One asked word, as which all of `words` count together. */
export interface AskedWord {
  readonly words: readonly Expansion[];
  /** The score of the word at an infinite frequency, divided by k1 + 1. */
  readonly rarity: number;
  /** Postings to read. */
  readonly postings: number;
  readonly isStop: boolean;
  /** True for an identifier, and for a word without a meaning of its own, such as a rare name. */
  readonly isName: boolean;
  /** True for a typing error: the index has similar words only, and the asked one has no meaning. */
  readonly isMisspelt: boolean;
}

export interface ScoredUnits {
  readonly postings: Postings;
  /** Words of the text, and of all fields, by unit. */
  readonly lengths: Uint32Array;
  readonly fieldLengths: Uint8Array;
  /** The units that count. */
  readonly present: RowBitmap;
  /** Numbers of units are below this. */
  readonly room: number;
  readonly meanText: number;
  readonly meanFields: number;
  readonly hasFields: boolean;
  readonly sequences: Sequences;
}

/** Returns the frequency of a word in a unit, for a text of the mean length. Field frequencies are in quarters. */
export function frequenciesIn({ lengths, fieldLengths, meanText, meanFields }: ScoredUnits) {
  return (unit: number, text: number, fields: number): number => {
    const inText = text / (1 - BM25.b + (BM25.b * lengths[unit]!) / meanText);
    if (fields === 0) return inText;
    return inText + fields / 4 / (1 - BM25.fieldB + (BM25.fieldB * fieldLengths[unit]!) / meanFields);
  };
}

/** The score of a word by its frequency. */
export function saturated(rarity: number, frequency: number): number {
  return (rarity * (BM25.k1 + 1) * frequency) / (BM25.k1 + frequency);
}

/** The score of a word at an infinite frequency. */
export function most(rarity: number): number {
  return rarity * (BM25.k1 + 1);
}

export function rarityOf(asked: readonly AskedWord[]): number {
  return sumOf(asked, ({ rarity }) => rarity);
}

export function sumOf<T>(list: readonly T[], numberOf: (item: T) => number): number {
  return list.reduce((sum, item) => sum + numberOf(item), 0);
}
