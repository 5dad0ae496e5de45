import type { Script } from "../space.ts";
import type { Span } from "./passages.ts";

/**
 * A passage of which a model reads less than this gets no vector. Measured on all-MiniLM-L6-v2 by
 * test/runtimes/node/measure-reading.ts.
 */
export const LEAST_READ = 0.5;

// WordPiece makes one [UNK] of a word longer than a hundred characters, such as a run of DNA, a key or base64.
const LONG_WORDS = /[^\s\p{P}$+<=>^`|~]{101,}/gu;

// What WordPiece takes as one word, or as a word of its own.
const WORDS = /[\p{Script=Han}$+<=>^`|~]|[^\s\p{P}\p{Script=Han}$+<=>^`|~]+/gu;

// Characters with a meaning of their own, and those of no script. Marks belong to the letter before them.
const CONTENT = /[\p{L}\p{N}\p{S}\p{Cn}\p{Co}]/gu;
// The tokenizer removes other marks.
const STRANGE_MARK = /[\p{Mc}\p{Me}]/u;

// Most passages; the test takes a tenth of the time.
const ASCII = /^[\0-\x7f]*$/;

const LETTERS: Readonly<Record<Script, RegExp>> = {
  // Without full-width forms: the tokenizer does not fold them to plain letters.
  Latin: /(?![\uff00-\uffef])\p{Script=Latin}/u,
};
// Digits and signs that texts of any script use: ASCII and Latin-1, small figures, currency, arrows, operators, shapes.
const SIGNS = /(?=[\0-\xff\u2070-\u20cf\u2100-\u22ff\u25a0-\u266f])[\p{N}\p{S}]/u;

/**
 * The share of a passage's letters, digits and signs, 0 to 1, that a model trained on these scripts reads; 1 for a passage without
 * any. WordPiece makes one [UNK] of a word with any character that it does not know: all characters of such a word count as unread, as
 * those of a word that is too long.
 */
export function readShareOf(text: string, scripts: readonly Script[]): (passage: Span) => number {
  const long = Array.from(text.matchAll(LONG_WORDS), ({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
  const isRead = (character: string) =>
    SIGNS.test(character) || scripts.some((script) => LETTERS[script].test(character));
  return ({ start, end }) => {
    if (long.length === 0 && ASCII.test(text.slice(start, end))) return 1;
    let all = 0;
    let read = 0;
    for (const { index, 0: word } of text.slice(start, end).matchAll(WORDS)) {
      const content = word.match(CONTENT) ?? [];
      const at = start + index;
      all += content.length;
      const isLong = long.some((each) => each.start <= at && at < each.end);
      if (!isLong && content.every(isRead) && !STRANGE_MARK.test(word)) read += content.length;
    }
    return all === 0 ? 1 : read / all;
  };
}
