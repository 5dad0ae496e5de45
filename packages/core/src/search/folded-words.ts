// Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs and the lengthening stroke of Arabic. Marks of other scripts
// are kept: their readers take them for letters.
const ACCENTS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]/g;

/** The text decomposed, in lower case and without accents. Texts that readers take for the same letters become equal: "ß" is "ss". */
export function plainLetters(text: string): string {
  return text.normalize("NFKD").replace(ACCENTS, "").toLowerCase().replaceAll("ς", "σ").replaceAll("ß", "ss");
}

/** A text in the form in which words are compared: without case, accents, width and differences of encoding. */
export function folded(text: string): string {
  return plainLetters(text).normalize("NFC");
}

const SPACELESS =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々";
const RUNS = new RegExp(
  `(?<run>[${SPACELESS}][${SPACELESS}\\p{M}]*)|(?:(?![${SPACELESS}])[\\p{L}\\p{N}\\p{M}\\p{So}\\p{Sk}])+|(?:(?![\\0-\\x7f])[\\p{Sm}\\p{Sc}])+`,
  "gu",
);
const CHARACTERS = /\P{M}\p{M}*/gu;

/** A term of a query. `anywhere`: it may begin within a word, because its script has no spaces between words. */
export interface Term {
  readonly text: string;
  readonly anywhere: boolean;
}

/** The words of a folded text. Of scripts without spaces, each pair of neighbouring characters is a term. */
export function termsOf(text: string): Term[] {
  const terms = new Map<string, Term>();
  for (const { 0: run, groups } of text.matchAll(RUNS)) {
    const anywhere = groups?.run !== undefined;
    for (const term of anywhere ? pairsOf(run) : [run]) terms.set(term, { text: term, anywhere });
  }
  return [...terms.values()];
}

function pairsOf(run: string): string[] {
  const characters = run.match(CHARACTERS) ?? [run];
  if (characters.length < 2) return [run];
  return characters.slice(1).map((character, i) => characters[i]! + character);
}
