import type { RowBitmap } from "../ports/vector-index.ts";
import type { Expansion } from "./expansions.ts";
import { greatest } from "./greatest.ts";
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
  readonly sequences: Sequences;
}

export interface ScoredUnit {
  readonly unit: number;
  readonly score: number;
}

/** Fewer postings are read in less time than it takes to decide. */
const FEW_POSTINGS = 2048;
/** The time to read one word of a sequence, in that of a posting. */
const VISIT_COST = 8;

/**
 * BM25F scores of units, for one query at a time. Its memory is used again for the next.
 *
 * Rare words are read first. When the words that are left, all together, can no longer lift a unit without the others among the best,
 * they are only counted in those units that may still be. The best units have the same scores as if all were read.
 */
export class WordScores {
  #scores = new Float64Array();
  #frequencies = new Float64Array();
  #touched = new Uint32Array();
  readonly #found: number[] = [];

  best(of: ScoredUnits, rarestFirst: readonly AskedWord[], k: number): ScoredUnit[] {
    this.#begin(of.room);
    let left = mostScoreOf(rarestFirst);
    let postings = sumOf(rarestFirst, ({ postings }) => postings);
    let units = of;
    for (const [i, word] of rarestFirst.entries()) {
      const candidates = postings > FEW_POSTINGS ? this.#candidates(k, left) : undefined;
      if (candidates && candidates.length * VISIT_COST * of.meanText < postings) {
        const scores = this.#scores;
        const read = evidenceReader(rarestFirst.slice(i), of);
        for (const unit of candidates) scores[unit] = read(unit, scores[unit]!).score;
        return this.#best(candidates, k);
      }
      if (candidates) units = { ...of, present: this.#only(candidates, of.room) };
      this.#addAll(word, units);
      left -= most(word.rarity);
      postings -= word.postings;
    }
    return this.#best(this.#found, k);
  }

  /** The units that may be among the best if none gains more than `left`; undefined if units that were not found may be too. */
  #candidates(k: number, left: number): number[] | undefined {
    if (this.#found.length < k) return undefined;
    const scores = this.#scores;
    const threshold = scores[greatest(this.#found, k, scores).at(-1)!]! - left;
    return threshold > 0 ? this.#found.filter((unit) => scores[unit]! >= threshold) : undefined;
  }

  #only(units: readonly number[], room: number): RowBitmap {
    const bitmap: RowBitmap = new Uint32Array(Math.ceil(room / 32));
    for (const unit of units) bitmap[unit >>> 5]! |= 1 << (unit & 31);
    return bitmap;
  }

  #addAll({ words, rarity }: AskedWord, of: ScoredUnits): void {
    const [frequencies, touched] = [this.#frequencies, this.#touched];
    let count = 0;
    for (const { word, weight } of words) {
      const length = of.postings.read(word);
      const { units, text, fields } = of.postings.columns;
      for (let i = 0; i < length; i++) {
        const unit = units[i]!;
        if ((of.present[unit >>> 5]! & (1 << (unit & 31))) === 0) continue;
        if (frequencies[unit] === 0) touched[count++] = unit;
        frequencies[unit]! += weight * normalized(of, unit, text[i]!, fields[i]!);
      }
    }
    for (let i = 0; i < count; i++) {
      const unit = touched[i]!;
      if (this.#scores[unit] === 0) this.#found.push(unit);
      this.#scores[unit]! += saturated(rarity, frequencies[unit]!);
      frequencies[unit] = 0;
    }
  }

  #best(units: readonly number[], k: number): ScoredUnit[] {
    return greatest(units, k, this.#scores).map((unit) => ({ unit, score: this.#scores[unit]! }));
  }

  #begin(room: number): void {
    for (const unit of this.#found) this.#scores[unit] = 0;
    this.#found.length = 0;
    if (room <= this.#scores.length) return;
    const length = Math.ceil(room * 1.25);
    this.#scores = new Float64Array(length);
    this.#frequencies = new Float64Array(length);
    this.#touched = new Uint32Array(length);
  }
}

/** What the words of a query say about one unit. */
export interface WordEvidence {
  /** The BM25F score; 0 without any of the words. */
  readonly score: number;
  /**
   * The share of the asked words that the unit has, 0 to 1: each counts by its rarity, and by the weight of the word that stands for it.
   * It does not depend on the length of the unit and on frequencies.
   */
  readonly coverage: number;
  /** The rarity of the names among the asked words that the unit has, together. */
  readonly names: number;
}

/** The score of a unit that had each word endlessly often. */
export function mostScoreOf(asked: readonly AskedWord[]): number {
  return sumOf(asked, ({ rarity }) => most(rarity));
}

/** Reads the evidence for single units, which are counted in their sequences. `from` is the score of words that were added before. */
export function evidenceReader(
  asked: readonly AskedWord[],
  of: ScoredUnits,
): (unit: number, from?: number) => WordEvidence {
  const counted = new Map<number, { readonly at: number; readonly weight: number }[]>();
  for (const [at, { words }] of asked.entries()) {
    for (const { word, weight } of words) counted.set(word, [...(counted.get(word) ?? []), { at, weight }]);
  }
  const total = sumOf(asked, ({ rarity }) => rarity);
  const [text, fields, best] = [0, 1, 2].map(() => new Float64Array(asked.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const visit = (word: number, quarters: number) => {
    for (const { at, weight } of counted.get(word)!) {
      if (quarters === 0) text[at]! += weight;
      else fields[at]! += weight * quarters;
      best[at] = Math.max(best[at]!, weight);
    }
  };
  return (unit, from = 0) => {
    for (const numbers of [text, fields, best]) numbers.fill(0);
    of.sequences.eachWord(unit, counted, visit);
    // One after another, as postings are added, so that the sum has the same bits.
    let [score, covered, names] = [from, 0, 0];
    for (const [at, { rarity, isName }] of asked.entries()) {
      score += saturated(rarity, normalized(of, unit, text[at]!, fields[at]!));
      covered += rarity * best[at]!;
      if (isName) names += rarity * best[at]!;
    }
    return { score, coverage: total > 0 ? covered / total : 0, names };
  };
}

/** The frequency of a word in a unit, for a text of the mean length. Field frequencies are in quarters. */
function normalized(
  {
    lengths,
    fieldLengths,
    meanText,
    meanFields,
  }: Pick<ScoredUnits, "lengths" | "fieldLengths" | "meanText" | "meanFields">,
  unit: number,
  text: number,
  fields: number,
): number {
  const inText = text / (1 - BM25.b + (BM25.b * lengths[unit]!) / meanText);
  if (fields === 0) return inText;
  return inText + fields / 4 / (1 - BM25.fieldB + (BM25.fieldB * fieldLengths[unit]!) / meanFields);
}

function saturated(rarity: number, frequency: number): number {
  return (rarity * (BM25.k1 + 1) * frequency) / (BM25.k1 + frequency);
}

function most(rarity: number): number {
  return rarity * (BM25.k1 + 1);
}

function sumOf<T>(list: readonly T[], numberOf: (item: T) => number): number {
  return list.reduce((sum, item) => sum + numberOf(item), 0);
}
