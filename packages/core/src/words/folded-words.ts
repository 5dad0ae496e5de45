// Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs and the lengthening stroke of Arabic. Marks of other scripts
// are kept, because their readers take them for letters. So are the strokes that negate a sign, as in "≠", and the hyphen of Hebrew.
const ACCENTS =
  /[\u0300-\u0333\u0339-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]/g;

// Soft hyphens, joiners, variation selectors; and skin tones.
const UNSEEN = /\p{Default_Ignorable_Code_Point}|[\u{1f3fb}-\u{1f3ff}]/gu;

/** The text decomposed, in lower case and without accents. Texts that readers take for the same letters become equal: "ß" is "ss". */
export function plainLetters(text: string): string {
  const letters = text.normalize("NFKD").replace(UNSEEN, "").replace(ACCENTS, "");
  return letters.toLowerCase().replaceAll("ς", "σ").replaceAll("ß", "ss");
}

/** A text in the form in which words are compared: without case, accents, width and differences of encoding. */
export function folded(text: string): string {
  return plainLetters(text).normalize("NFC");
}

/** Scripts without spaces between words, as members of a character class. */
export const SPACELESS =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々";
const RUNS = new RegExp(
  `(?<run>[${SPACELESS}][${SPACELESS}\\p{M}]*)|(?<sign>\\p{RI}{2}|(?![\\0-\\x7f])\\p{S}\\p{M}*)|(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}])+`,
  "gu",
);
const CHARACTERS = /\P{M}\p{M}*/gu;

/** A term of a query. `anywhere`: it may begin within a word: it is a sign, or its script has no spaces between words. */
export interface Term {
  readonly text: string;
  readonly anywhere: boolean;
}

/** The words and signs of a folded text. Of scripts without spaces, each pair of neighbouring characters is a term. */
export function termsOf(text: string): Term[] {
  const terms = new Map<string, Term>();
  for (const { 0: found, groups: { run, sign } = {} } of text.matchAll(RUNS)) {
    const anywhere = run !== undefined || sign !== undefined;
    for (const term of run ? pairsOf(run) : [found]) terms.set(term, { text: term, anywhere });
  }
  return [...terms.values()];
}

function pairsOf(run: string): string[] {
  const characters = run.match(CHARACTERS) ?? [run];
  if (characters.length < 2) return [run];
  return characters.slice(1).map((character, i) => characters[i]! + character);
}

/** Words of scripts with spaces, without digits and signs: those in which a letter may be wrong, or that may have a meaning. */
export const IS_SPELT = new RegExp(`^(?:(?![${SPACELESS}])[\\p{L}\\p{M}])+$`, "u");
