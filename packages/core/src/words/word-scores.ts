import { type AskedWord, frequenciesIn, most, rarityOf, type ScoredUnits, saturated, sumOf } from "./bm25.ts";
import { FoundUnits } from "./found-units.ts";
import { kthGreatest } from "./greatest.ts";
import { type EvidenceReader, FACTOR_OF_TITLE } from "./word-evidence.ts";

/** A query, and what reads the evidence for single units. */
export interface ScoredQuery {
  readonly of: ScoredUnits;
  readonly rarestFirst: readonly AskedWord[];
  readonly read: EvidenceReader;
}

export interface ScoredUnit {
  readonly unit: number;
  readonly score: number;
}

/** What a unit gets beside its BM25F score for each asked word that it has, by the rarity of the word. */
interface Points {
  readonly perRarity: number;
  /** Of a name, in addition. */
  readonly perName: number;
  /** How many times as much for a word of a field. */
  readonly ofTitle: number;
}

interface Adding {
  /** Points of the word, by its rarity. */
  readonly perRarity: number;
  readonly ofTitle: number;
  /** False if no unit counts that was not found before. */
  readonly canGrow: boolean;
}

/**
 * The BM25F points that a unit with all words is worth more than one with none, and those of a name by its rarity, as the fitted weights count
 * `coverage` and `all` together, and `names`.
 */
const POINTS = { ofCoverage: 15, ofNames: 1.25 };
/** Fewer postings are read in less time than it takes to decide. */
const FEW_POSTINGS = 2048;
/** The time to read one word of a sequence, in that of a posting. */
const VISIT_COST = 16;

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

  /** With "evidence" a unit also counts by the share of the words that it and its title have, and by the names, about as much as `evidenceSum` counts these. */
  best({ of, rarestFirst, read }: ScoredQuery, k: number, by: "score" | "evidence" = "score"): ScoredUnit[] {
    const found = this.#found;
    this.#begin(of.room);
    const points = by === "score" ? NO_POINTS : pointsOf(rarestFirst, of);
    const { ofTitle } = points;
    const mostOf = (word: AskedWord) => most(word.rarity) + perRarityOf(word, points) * word.rarity * ofTitle;
    const total = sumOf(rarestFirst, mostOf);
    let left = total;
    let postings = sumOf(rarestFirst, ({ postings }) => postings);
    let canGrow = true;
    for (const word of rarestFirst) {
      // No unit has more than `total - left` yet.
      const isNarrowed = postings > FEW_POSTINGS && total - left > left && found.narrow(k, left);
      if (isNarrowed && found.count * VISIT_COST * of.meanText < postings) {
        this.#readBest(k, left, (unit) => {
          const { score, placed, names } = read(unit);
          return score + points.perRarity * placed + points.perName * names;
        });
        break;
      }
      canGrow &&= !isNarrowed;
      this.#addAll(word, of, { perRarity: perRarityOf(word, points), ofTitle, canGrow });
      left -= mostOf(word);
      postings -= word.postings;
    }
    return found.best(k);
  }

  /**
   * Gives whole scores to the units that may be among the `k` best: first to those that are the best so far, then to others that can still
   * come before one of these, if words add `left` to their score at most.
   */
  #readBest(k: number, left: number, scoreOf: (unit: number) => number): void {
    const { units, scores, count } = this.#found;
    const soFar = kthGreatest(scores, count, k);
    const others: number[] = [];
    let least = Number.POSITIVE_INFINITY;
    for (let place = 0; place < count; place++) {
      if (scores[place]! < soFar) {
        others.push(place);
        continue;
      }
      scores[place] = scoreOf(units[place]!);
      least = Math.min(least, scores[place]!);
    }
    for (const place of others) if (scores[place]! + left >= least) scores[place] = scoreOf(units[place]!);
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

const NO_POINTS: Points = { perRarity: 0, perName: 0, ofTitle: 1 };

function pointsOf(asked: readonly AskedWord[], { hasFields }: ScoredUnits): Points {
  const perRarity = POINTS.ofCoverage / rarityOf(asked);
  return { perRarity, perName: POINTS.ofNames, ofTitle: hasFields ? FACTOR_OF_TITLE : 1 };
}

function perRarityOf({ isName }: AskedWord, { perRarity, perName }: Points): number {
  return isName ? perRarity + perName : perRarity;
}
