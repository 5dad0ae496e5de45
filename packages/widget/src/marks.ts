/** A stretch of text, and whether the query holds it word for word. */
export interface Stretch {
  readonly text: string;
  readonly literal: boolean;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// Scripts written without spaces: a word may begin anywhere.
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
// Words shorter than this are mostly particles; marking them everywhere says nothing.
const SHORTEST = 3;

/** Cuts a text at the words it shares with the query, compared without case, at the start of words. */
export function markLiteral(text: string, query: string): Stretch[] {
  const pattern = patternOf(query);
  if (!pattern) return [{ text, literal: false }];
  // Splitting by one capturing group leaves what matched at the odd places.
  return text
    .split(pattern)
    .map((part, place) => ({ text: part, literal: place % 2 === 1 }))
    .filter((stretch) => stretch.text !== "");
}

function patternOf(query: string): RegExp | undefined {
  const words = [...new Set(query.match(WORD) ?? [])].filter(tellsSomething);
  if (words.length === 0) return undefined;
  // Longest first, because an alternation takes the first that fits.
  const choices = words.sort((a, b) => b.length - a.length).map(choiceOf);
  return new RegExp(`(${choices.join("|")})`, "giu");
}

function tellsSomething(word: string): boolean {
  return word.length >= SHORTEST || SPACELESS.test(word);
}

// Words hold letters, marks and digits alone, so nothing in them needs escaping.
function choiceOf(word: string): string {
  return SPACELESS.test(word) ? word : `(?<![\\p{L}\\p{N}\\p{M}])${word}`;
}
