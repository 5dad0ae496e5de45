import { folded, plainLetters, type Span, type Term, termsOf } from "@pipit/core";

// Shorter words are mostly particles; marks on them would not help.
const TELLING = 4;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;

/** The words of a text that the query has too. A match begins at a word's start and ignores case, accents and encoding. */
export function sharedWords(text: string, query: string): Span[] {
  const plain = plainText(text);
  return tellingTerms(termsOf(folded(query))).flatMap((term) => spansOf(plain, term));
}

// A query of short words only marks them.
function tellingTerms(terms: Term[]): Term[] {
  const telling = terms.filter(({ text, anywhere }) => anywhere || text.length >= TELLING);
  return telling.length > 0 ? telling : terms;
}

interface PlainText {
  readonly letters: string;
  /** Maps positions in `letters` at which characters begin or end to positions in the text. */
  readonly places: ReadonlyMap<number, number>;
}

function plainText(text: string): PlainText {
  const places = new Map<number, number>();
  let letters = "";
  // A mark belongs to the letter before it: both are compared together.
  for (const { index, 0: character } of text.matchAll(/\P{M}\p{M}*|\p{M}+/gu)) {
    places.set(letters.length, index);
    letters += plainLetters(character);
  }
  return { letters, places: places.set(letters.length, text.length) };
}

/** Occurrences of whole characters only: a letter within a composed syllable does not match. */
function spansOf({ letters, places }: PlainText, { text, anywhere }: Term): Span[] {
  const term = plainLetters(text);
  const spans: Span[] = [];
  for (let at = letters.indexOf(term); at >= 0; at = letters.indexOf(term, at + 1)) {
    const start = places.get(at);
    const end = places.get(at + term.length);
    if (start !== undefined && end !== undefined && (anywhere || beginsWord(letters, at))) spans.push({ start, end });
  }
  return spans;
}

function beginsWord(letters: string, at: number): boolean {
  const before = Array.from(letters.slice(Math.max(0, at - 2), at)).at(-1);
  return before === undefined || !WORD_CHARACTER.test(before);
}
