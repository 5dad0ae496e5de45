import { type AskedWord, frequenciesIn, rarityOf, type ScoredUnits, saturated } from "./bm25.ts";
import { WordSlots } from "./word-slots.ts";

/** How much more a word of a title counts among the best by evidence: less than the fitted weight, as that needs all words, and with it fewer units are left out early. */
export const FACTOR_OF_TITLE = 1.7;
/** The least weight of a word that is a form of the asked one, and not only of like meaning. */
const LEAST_FORM = 0.6;

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

export interface ReadEvidence extends WordEvidence {
  /** The rarity of the asked words that the unit has, together; more for those of its fields. */
  readonly placed: number;
}

export type EvidenceReader = (unit: number) => ReadEvidence;

/** The share of typing errors among the asked words, 0 to 1: each counts by its rarity. */
export function misspeltShare(asked: readonly AskedWord[]): number {
  const total = rarityOf(asked);
  const misspelt = asked.filter(({ isMisspelt }) => isMisspelt);
  return total > 0 ? rarityOf(misspelt) / total : 0;
}

/** The asked words without stop words; these too if there are no others. */
export function meantWords(asked: readonly AskedWord[]): readonly AskedWord[] {
  const meant = asked.filter(({ isStop }) => !isStop);
  return meant.length > 0 ? meant : asked;
}

/** Reads the evidence for single units. A unit is read once: what was read is remembered. */
export function evidenceReader(asked: readonly AskedWord[], of: ScoredUnits): EvidenceReader {
  const read = sequenceReader(asked, of);
  const known = new Map<number, ReadEvidence>();
  return (unit) => {
    const evidence = known.get(unit) ?? read(unit);
    known.set(unit, evidence);
    return evidence;
  };
}

/** Counts the words of a unit in its sequence. */
function sequenceReader(asked: readonly AskedWord[], of: ScoredUnits): EvidenceReader {
  const slots = new WordSlots(asked.flatMap(({ words }) => words.map(({ word }) => word)));
  const weighted = asked.map(({ words }) => words.map(({ word, weight }) => ({ slot: slots.slotOf(word), weight })));
  // Occurrences by slot: in the text, and weighted in fields, in quarters.
  const [text, fields] = [new Uint32Array(slots.size), new Uint32Array(slots.size)];
  const visit = (slot: number, quarters: number) => {
    if (quarters === 0) text[slot]!++;
    else fields[slot]! += quarters;
  };
  const total = rarityOf(asked);
  const meant = meantWords(asked);
  const isMeant = asked.map((word) => meant.includes(word));
  const totalMeant = rarityOf(meant);
  const frequencyIn = frequenciesIn(of);
  return (unit) => {
    text.fill(0);
    fields.fill(0);
    of.sequences.eachWord(unit, slots, visit);
    let [score, covered, title, placed, names] = [0, 0, 0, 0, 0];
    let isTitled = true;
    for (let at = 0; at < asked.length; at++) {
      // One after another, as postings are added, so that the sum has the same bits.
      let [frequency, best, bestOfFields] = [0, 0, 0];
      for (const { slot, weight } of weighted[at]!) {
        if (text[slot] === 0 && fields[slot] === 0) continue;
        frequency += weight * frequencyIn(unit, text[slot]!, fields[slot]!);
        if (weight > best) best = weight;
        if (fields[slot]! > 0 && weight > bestOfFields) bestOfFields = weight;
      }
      if (isMeant[at] && bestOfFields < LEAST_FORM) isTitled = false;
      if (best === 0) continue;
      const { rarity, isName } = asked[at]!;
      score += saturated(rarity, frequency);
      covered += rarity * best;
      if (isMeant[at]) title += rarity * bestOfFields;
      placed += rarity * Math.max(best, FACTOR_OF_TITLE * bestOfFields);
      if (isName) names += rarity * best;
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
