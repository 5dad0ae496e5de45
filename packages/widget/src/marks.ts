/** A stretch of text, and whether the query holds it word for word. */
export interface Stretch {
  readonly text: string;
  readonly literal: boolean;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// Scripts written without spaces: a word may begin anywhere.
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
// Shorter words are mostly particles, and marking them everywhere says nothing.
const TELLING = 4;

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
  const words = tellingWords([...new Set(query.match(WORD) ?? [])]);
  if (words.length === 0) return undefined;
  // Longest first, because an alternation takes the first that fits.
  const choices = words.sort((a, b) => b.length - a.length).map(choiceOf);
  return new RegExp(`(${choices.join("|")})`, "giu");
}

// A query of short words alone means them.
function tellingWords(words: string[]): string[] {
  const telling = words.filter((word) => word.length >= TELLING || SPACELESS.test(word));
  return telling.length > 0 ? telling : words;
}

// Words hold letters, marks and digits alone, so nothing in them needs escaping.
function choiceOf(word: string): string {
  return SPACELESS.test(word) ? word : `(?<![\\p{L}\\p{N}\\p{M}])${word}`;
}
