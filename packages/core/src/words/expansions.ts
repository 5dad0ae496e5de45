import { IS_SPELT, SPACELESS } from "./folded-words.ts";
import type { NearWord } from "./near-words.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A word of the index that counts as the asked one, by its weight. */
export interface Expansion {
  readonly word: number;
  readonly weight: number;
  /** True for a word that is related only distantly: a reader would not see why it is marked. */
  readonly isDistant?: boolean | undefined;
  /** True for a word that is within an edit or two of the asked one, which is absent, or that this one begins. */
  readonly isGuessed?: true | undefined;
}

interface Asked {
  readonly vocabulary: Vocabulary;
  /** The number of present units with a word. */
  readonly documentsOf: (word: number) => number;
  /** True for a word that may not be typed to its end. */
  readonly isLast: boolean;
  /** True for such a word if it has a meaning of its own: then it is whole, although the index may lack it. */
  readonly hasMeaning: boolean;
  readonly compounds: readonly string[];
  readonly forms: readonly string[];
}

const WEIGHTS = {
  letters: 0.95,
  stem: 0.9,
  prefix: 0.7,
  ideograph: 0.5,
  completed: 0.5,
  compound: 0.7,
  part: 0.35,
  edits: [1, 0.7, 0.5],
  meaning: 0.7,
};
/** A shorter word begins many others, and is within an edit of many. */
const LEAST_PREFIX = 2;
const LEAST_FOR_EDITS = [4, 8];
const LEAST_STEM = 3;
/** The most letters of a word for each one of so short a stem. */
const MOST_INFLECTED = 3;
/** More words of one stem or beginning are not read, which bounds the cost of a query. */
const MOST_WORDS = 64;
const MOST_SIMILAR = 8;
const MOST_SOFT = 8;
const MOST_PARTS = 16;
const IDEOGRAPHS = /\p{Script=Han}/gu;
const IS_PAIR = new RegExp(`^(?:[${SPACELESS}]\\p{M}*){2}$`, "u");
/** The cosine from which on words are near enough to be marked. */
const LEAST_SEEN = 0.65;

/**
 * The words of the index that an asked word reaches: itself, the same but for accents, those of its stem, those that it begins if it may
 * not be typed to its end, and only if none of these occurs, those within one typing error, or else two.
 */
export function expansionsOf(word: string, asked: Asked): Expansion[] {
  const { vocabulary, isLast, compounds } = asked;
  const weights = new Map<number, number>();
  const add = (numbers: readonly number[], weight: number) => {
    for (const number of mostFrequent(numbers, MOST_WORDS, asked)) {
      if (weight > (weights.get(number) ?? 0)) weights.set(number, weight);
    }
  };
  const own = vocabulary.numberOf(word);
  add(own === undefined ? [] : [own], 1);
  add(vocabulary.sameLetters(word), WEIGHTS.letters);
  for (const form of asked.forms) add(vocabulary.sameLetters(form), WEIGHTS.letters);
  add(inflectionsOf(word, vocabulary), WEIGHTS.stem);
  if (weights.size === 0 && isLast && !asked.hasMeaning && IS_SPELT.test(word)) {
    const completed = completedBy(vocabulary.beginningWith(word), word, asked);
    if (completed.length > 0) return completed;
  }
  if (isLast && [...word].length >= LEAST_PREFIX) {
    for (const { word: number, weight } of begun(vocabulary.beginningWith(word), word, asked)) add([number], weight);
  }
  for (const compound of compounds) add(vocabulary.sameStem(compound), WEIGHTS.compound);
  if (weights.size === 0) for (const each of ideographsOf(word)) add(vocabulary.sameLetters(each), WEIGHTS.ideograph);
  if (weights.size === 0) {
    for (const { numbers, weight } of corrected(word, asked)) add(numbers, weight);
    return Array.from(weights, ([word, weight]) => ({ word, weight, isGuessed: true }));
  }
  return Array.from(weights, ([word, weight]) => ({ word, weight }));
}

/** The words of its stem. Stemmers leave two letters of some misspelt words: "ap" of "appings". */
function inflectionsOf(word: string, vocabulary: Vocabulary): number[] {
  const isByChance = ({ length }: string) => length < LEAST_STEM && length * MOST_INFLECTED < word.length;
  return vocabulary.sameStem(word).filter((number) => !isByChance(vocabulary.words[number]!));
}

/** Of these words, those that an index reaches that was just opened: itself, and those that it begins if it may not be typed to its end. */
export function typedExpansions(word: string, asked: Asked): Expansion[] {
  const { vocabulary, documentsOf, isLast } = asked;
  const own = vocabulary.numberAsWritten(word);
  const exact = own === undefined || documentsOf(own) === 0 ? [] : [{ word: own, weight: 1 }];
  if (!isLast || [...word].length < LEAST_PREFIX) return exact;
  if (exact.length === 0 && IS_SPELT.test(word)) return completedBy(vocabulary.writtenFrom(word), word, asked);
  return [...exact, ...begun(vocabulary.writtenFrom(word), word, asked)];
}

/** The words that an unfinished one begins: with half of their letters typed they count as if they were whole. */
function completedBy(numbers: readonly number[], word: string, asked: Asked): Expansion[] {
  const { words } = asked.vocabulary;
  return mostFrequent(numbers, MOST_WORDS, asked).map((number) => ({
    word: number,
    weight: Math.min(1, WEIGHTS.completed + word.length / words[number]!.length),
    isGuessed: true,
  }));
}

/** The longer the rest, the less the word was meant. */
function begun(numbers: readonly number[], word: string, asked: Asked): Expansion[] {
  const { words } = asked.vocabulary;
  return mostFrequent(numbers, MOST_WORDS, asked).map((number) => ({
    word: number,
    weight: WEIGHTS.prefix * Math.min(1, word.length / words[number]!.length),
  }));
}

interface Literal {
  readonly words: readonly Expansion[];
  readonly rarity: number;
}

interface Rarities extends Pick<Asked, "documentsOf"> {
  /** The rarity of a word by the number of its units. */
  readonly rarityOf: (documents: number) => number;
}

/** The words that are parts of the asked compound. They count as words of near meaning do, and a reader sees why. */
export function partExpansions(parts: readonly number[], literal: Literal, rarities: Rarities): Expansion[] {
  const shareOf = shareBeside(literal, rarities);
  const shares = parts.map((word) => ({ word, share: shareOf(word) })).filter(({ share }) => share > 0);
  return shares.slice(0, MOST_PARTS).map(({ word, share }) => ({ word, weight: WEIGHTS.part * share }));
}

/**
 * The words of near meaning, which are not yet among those of the asked word. All count by the rarity of the asked word. A more
 * frequent one has less weight, so that it counts for no more than its own rarity.
 */
export function softExpansions(near: readonly NearWord[], literal: Literal, rarities: Rarities): Expansion[] {
  const shareOf = shareBeside(literal, rarities);
  const soft = near.map((each) => ({ ...each, share: shareOf(each.word) })).filter(({ share }) => share > 0);
  return soft.slice(0, MOST_SOFT).map(({ word, cosine, share }) => {
    return { word, weight: WEIGHTS.meaning * cosine ** 2 * share, isDistant: cosine < LEAST_SEEN };
  });
}

/** The rarity of a word as a share of the asked word's, at most 1; 0 for a word that is absent or counts already. */
function shareBeside({ words, rarity }: Literal, { documentsOf, rarityOf }: Rarities): (word: number) => number {
  const known = new Set(words.map(({ word }) => word));
  return (word) => {
    if (documentsOf(word) === 0 || known.has(word)) return 0;
    return Math.min(1, rarityOf(documentsOf(word)) / rarity);
  };
}

/**
 * The ideographs of a pair of characters of a script without spaces, which may belong to two words: "夜の鳥" asks for "夜の" and "の鳥". Those of
 * other scripts are sounds, and in most texts.
 */
function ideographsOf(word: string): readonly string[] {
  return IS_PAIR.test(word) ? (word.match(IDEOGRAPHS) ?? []) : [];
}

interface Weighted {
  readonly numbers: readonly number[];
  readonly weight: number;
}

function* corrected(word: string, asked: Asked): Generator<Weighted> {
  const { vocabulary, documentsOf } = asked;
  const most = IS_SPELT.test(word) ? LEAST_FOR_EDITS.filter((least) => word.length >= least).length : 0;
  if (most === 0) return;
  const similar = vocabulary
    .similar(word, most)
    .filter(({ word }) => documentsOf(word) > 0 && IS_SPELT.test(vocabulary.words[word]!));
  const fewest = similar.some(({ edits }) => edits === 1) ? 1 : 2;
  const nearest = similar.flatMap(({ word, edits }) => (edits === fewest ? [word] : []));
  const weight = WEIGHTS.edits[fewest]!;
  for (const number of mostFrequent(nearest, MOST_SIMILAR, asked)) {
    yield { numbers: [number], weight };
    yield { numbers: vocabulary.sameStem(vocabulary.words[number]!), weight: weight * WEIGHTS.stem };
  }
}

/** Of equal ones the first by letters, so that the order in which words were added does not matter. */
function mostFrequent(numbers: readonly number[], most: number, { vocabulary, documentsOf }: Asked): number[] {
  const isBefore = (a: number, b: number) => {
    const [x, y] = [documentsOf(a), documentsOf(b)];
    return x > y || (x === y && vocabulary.words[a]! < vocabulary.words[b]!);
  };
  // Sorted in, because a list of a hundred thousand would take long to sort for its first few.
  const best: number[] = [];
  for (const number of numbers) {
    if (documentsOf(number) === 0 || (best.length === most && !isBefore(number, best.at(-1)!))) continue;
    if (best.length === most) best.pop();
    let at = best.length;
    while (at > 0 && isBefore(number, best[at - 1]!)) at--;
    best.splice(at, 0, number);
  }
  return best;
}
