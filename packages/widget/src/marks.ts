import { folded, plainLetters, type Term, termsOf } from "@pipit/core";

/** A part of a text, and whether it is a word of the query. */
export interface Stretch {
  readonly text: string;
  readonly literal: boolean;
}

// Shorter words are mostly particles; marks on them would not help.
const TELLING = 4;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;

/** Divides a text at the words it shares with the query. A match begins at a word's start and ignores case, accents and encoding. */
export function markLiteral(text: string, query: string): Stretch[] {
  const plain = plainText(text);
  const marks = new Uint8Array(text.length);
  for (const term of tellingTerms(termsOf(folded(query)))) markTerm(plain, term, marks);
  return stretchesOf(text, marks);
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

/** Marks occurrences of whole characters only: a letter within a composed syllable does not match. */
function markTerm({ letters, places }: PlainText, { text, anywhere }: Term, marks: Uint8Array): void {
  const term = plainLetters(text);
  for (let at = letters.indexOf(term); at >= 0; at = letters.indexOf(term, at + 1)) {
    const start = places.get(at);
    const end = places.get(at + term.length);
    if (start === undefined || end === undefined || !(anywhere || beginsWord(letters, at))) continue;
    marks.fill(1, start, end);
  }
}

function beginsWord(letters: string, at: number): boolean {
  const before = Array.from(letters.slice(Math.max(0, at - 2), at)).at(-1);
  return before === undefined || !WORD_CHARACTER.test(before);
}

function stretchesOf(text: string, marks: Uint8Array): Stretch[] {
  const stretches: Stretch[] = [];
  for (let start = 0; start < text.length; ) {
    const next = marks.indexOf(1 - marks[start]!, start);
    const end = next < 0 ? text.length : next;
    stretches.push({ text: text.slice(start, end), literal: marks[start] === 1 });
    start = end;
  }
  return stretches;
}
