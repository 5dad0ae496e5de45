import type { RowBitmap } from "../ports/vector-index.ts";
import type { Expansion } from "./expansions.ts";
import { FoundUnits } from "./found-units.ts";
import type { Postings } from "./postings.ts";
import type { Sequences } from "./sequences.ts";
import { WordSlots } from "./word-slots.ts";

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

export interface ScoredUnit {
  readonly unit: number;
  readonly score: number;
}

/** What a unit gets beside its BM25F score. */
interface Points {
  /** For each asked word that it has, by the rarity of the word. */
  readonly perRarity: number;
  /** How many times as much for a word of a field. */
  readonly ofTitle: number;
}

interface Adding extends Points {
  /** False if no unit counts that was not found before. */
  readonly canGrow: boolean;
}

/** The BM25F points that a unit with all words is worth more than one with none. Chosen as the fitted weights count `coverage` and `all`. */
const POINTS_OF_COVERAGE = 15;
/** How much more a word of a title counts there: less than the fitted weight, as that needs all words, and with it fewer units are left out early. */
const FACTOR_OF_TITLE = 1.7;
/** The least weight of a word that is a form of the asked one, and not only of like meaning. */
const LEAST_FORM = 0.6;
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
  readonly #found = new FoundUnits();
  /** Places of the units that have the word at hand. */
  #touched = new Uint32Array();

  /** With "evidence" a unit also counts by the share of the words that it and its title have, about as much as `evidenceSum` counts that. */
  best(
    of: ScoredUnits,
    rarestFirst: readonly AskedWord[],
    k: number,
    by: "score" | "evidence" = "score",
  ): ScoredUnit[] {
    const found = this.#found;
    this.#begin(of.room);
    const perRarity = by === "score" ? 0 : POINTS_OF_COVERAGE / rarityOf(rarestFirst);
    const points: Points = { perRarity, ofTitle: of.hasFields ? FACTOR_OF_TITLE : 1 };
    const mostOf = (rarity: number) => most(rarity) + perRarity * rarity * points.ofTitle;
    const total = sumOf(rarestFirst, ({ rarity }) => mostOf(rarity));
    let left = total;
    let postings = sumOf(rarestFirst, ({ postings }) => postings);
    let canGrow = true;
    for (const [i, word] of rarestFirst.entries()) {
      // No unit has more than `total - left` yet.
      const isNarrowed = postings > FEW_POSTINGS && total - left > left && found.narrow(k, left);
      if (isNarrowed && found.count * VISIT_COST * of.meanText < postings) {
        this.#readEach(rarestFirst.slice(i), of, perRarity);
        break;
      }
      canGrow &&= !isNarrowed;
      this.#addAll(word, of, { ...points, canGrow });
      left -= mostOf(word.rarity);
      postings -= word.postings;
    }
    return found.best(k);
  }

  #readEach(asked: readonly AskedWord[], of: ScoredUnits, perRarity: number): void {
    const read = evidenceReader(asked, of);
    const { units, scores, count } = this.#found;
    for (let place = 0; place < count; place++) {
      const { score, placed } = read(units[place]!, scores[place]!);
      scores[place] = score + perRarity * placed;
    }
  }

  #addAll({ words, rarity }: AskedWord, of: ScoredUnits, { perRarity, ofTitle, canGrow }: Adding): void {
    const found = this.#found;
    const { present } = of;
    const { places, units, scores, frequencies, weights } = found;
    const touched = this.#touched;
    const frequencyIn = frequenciesIn(of);
    let [count, ends] = [0, found.count];
    for (const { word, weight } of words) {
      const postings = of.postings.of(word);
      while (postings.next()) {
        const { unit, text, fields } = postings;
        let place = places[unit]! - 1;
        if (place < 0) {
          if (!canGrow || (present[unit >>> 5]! & (1 << (unit & 31))) === 0) continue;
          place = ends++;
          places[unit] = ends;
          units[place] = unit;
          scores[place] = 0;
        }
        if (frequencies[place] === 0) touched[count++] = place;
        frequencies[place]! += weight * frequencyIn(unit, text, fields);
        const placed = fields === 0 ? weight : weight * ofTitle;
        if (placed > weights[place]!) weights[place] = placed;
      }
    }
    found.count = ends;
    for (let i = 0; i < count; i++) {
      const place = touched[i]!;
      scores[place]! += saturated(rarity, frequencies[place]!) + perRarity * rarity * weights[place]!;
      frequencies[place] = 0;
      weights[place] = 0;
    }
  }

  #begin(room: number): void {
    this.#found.begin(room);
    if (room > this.#touched.length) this.#touched = new Uint32Array(this.#found.places.length);
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
  /** How well its fields have the asked words, but for stop words: 1 with all of them as asked, less with other forms, 0 if they lack one. */
  readonly title: number;
  /** The rarity of the names among the asked words that the unit has, together. */
  readonly names: number;
}

/** The share of typing errors among the asked words, 0 to 1: each counts by its rarity. */
export function misspeltShare(asked: readonly AskedWord[]): number {
  const total = rarityOf(asked);
  const misspelt = asked.filter(({ isMisspelt }) => isMisspelt);
  return total > 0 ? rarityOf(misspelt) / total : 0;
}

interface ReadEvidence extends WordEvidence {
  /** The rarity of the asked words that the unit has, together; more for those of its fields. */
  readonly placed: number;
}

/** The asked words without stop words; these too if there are no others. */
export function meantWords(asked: readonly AskedWord[]): readonly AskedWord[] {
  const meant = asked.filter(({ isStop }) => !isStop);
  return meant.length > 0 ? meant : asked;
}

/** Reads the evidence for single units, which are counted in their sequences. `from` is the score of words that were added before. */
export function evidenceReader(
  asked: readonly AskedWord[],
  of: ScoredUnits,
): (unit: number, from?: number) => ReadEvidence {
  const slots = new WordSlots(asked.flatMap(({ words }) => words.map(({ word }) => word)));
  const counted = Array.from({ length: slots.size }, (): { at: number; weight: number }[] => []);
  for (const [at, { words }] of asked.entries()) {
    for (const { word, weight } of words) counted[slots.slotOf(word)]!.push({ at, weight });
  }
  const total = rarityOf(asked);
  const meant = meantWords(asked);
  const isMeant = asked.map((word) => meant.includes(word));
  const totalMeant = rarityOf(meant);
  const text = new Float64Array(asked.length);
  const fields = new Float64Array(asked.length);
  const best = new Float64Array(asked.length);
  const bestOfFields = new Float64Array(asked.length);
  const visit = (slot: number, quarters: number) => {
    for (const { at, weight } of counted[slot]!) {
      best[at] = Math.max(best[at]!, weight);
      if (quarters === 0) {
        text[at]! += weight;
      } else {
        fields[at]! += weight * quarters;
        bestOfFields[at] = Math.max(bestOfFields[at]!, weight);
      }
    }
  };
  const frequencyIn = frequenciesIn(of);
  return (unit, from = 0) => {
    for (const numbers of [text, fields, best, bestOfFields]) numbers.fill(0);
    of.sequences.eachWord(unit, slots, visit);
    // One after another, as postings are added, so that the sum has the same bits.
    let [score, covered, title, placed, names] = [from, 0, 0, 0, 0];
    let isTitled = true;
    for (let at = 0; at < asked.length; at++) {
      if (isMeant[at] && bestOfFields[at]! < LEAST_FORM) isTitled = false;
      if (best[at] === 0) continue;
      const { rarity, isName } = asked[at]!;
      score += saturated(rarity, frequencyIn(unit, text[at]!, fields[at]!));
      covered += rarity * best[at]!;
      if (isMeant[at]) title += rarity * bestOfFields[at]!;
      placed += rarity * Math.max(best[at]!, FACTOR_OF_TITLE * bestOfFields[at]!);
      if (isName) names += rarity * best[at]!;
    }
    return {
      score,
      coverage: total > 0 ? covered / total : 0,
      title: isTitled && totalMeant > 0 ? title / totalMeant : 0,
      placed,
      names,
    };
  };
}

/** Returns the frequency of a word in a unit, for a text of the mean length. Field frequencies are in quarters. */
function frequenciesIn({ lengths, fieldLengths, meanText, meanFields }: ScoredUnits) {
  return (unit: number, text: number, fields: number): number => {
    const inText = text / (1 - BM25.b + (BM25.b * lengths[unit]!) / meanText);
    if (fields === 0) return inText;
    return inText + fields / 4 / (1 - BM25.fieldB + (BM25.fieldB * fieldLengths[unit]!) / meanFields);
  };
}

function saturated(rarity: number, frequency: number): number {
  return (rarity * (BM25.k1 + 1) * frequency) / (BM25.k1 + frequency);
}

function most(rarity: number): number {
  return rarity * (BM25.k1 + 1);
}

function rarityOf(asked: readonly AskedWord[]): number {
  return sumOf(asked, ({ rarity }) => rarity);
}

function sumOf<T>(list: readonly T[], numberOf: (item: T) => number): number {
  return list.reduce((sum, item) => sum + numberOf(item), 0);
}
