import { bertText } from "@pipit/core";

/**
 * BERT's uncased WordPiece over a vocabulary in which each token's place is its id: clean, lower-case, drop accents, split at
 * space and punctuation, then the longest piece first. It departs from the general tokenizer library for time: a query
 * is cut in a few microseconds. Special tokens spelt out in a text ("[SEP]") are unknown, never special.
 */
export interface WordPiece {
  /** At most `limit` ids. A word with a piece outside the vocabulary is one [UNK]. */
  ids(text: string, limit: number): number[];
}

const LONGEST_WORD = 100; // characters; BERT calls anything longer unknown
const PLAIN = /^[\x20-\x7e]*$/;
const SPELT = /(\[(?:PAD|CLS|SEP|MASK|UNK)\])/;
const DROPPED = /\ufffd|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
const CJK = /[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff]/gu;
const WORDS = /[!-/:-@[-`{-~\p{P}]|[^\s!-/:-@[-`{-~\p{P}]+/gu;

export function wordPiece(tokens: readonly string[]): WordPiece {
  const starts = new Map<string, number>();
  const tails = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (token.startsWith("##") && token.length > 2) tails.set(token.slice(2), id);
    else starts.set(token, id);
  });
  const unknown = starts.get("[UNK]") ?? 0;
  const longest = tokens.reduce((most, token) => Math.max(most, token.length), 0);

  const pieces = (word: string, out: number[]): void => {
    const before = out.length;
    if (word.length > LONGEST_WORD && [...word].length > LONGEST_WORD) {
      out.push(unknown);
      return;
    }
    for (let from = 0; from < word.length; ) {
      const known = from === 0 ? starts : tails;
      let to = Math.min(word.length, from + longest);
      let id = known.get(word.slice(from, to));
      while (id === undefined && --to > from) id = known.get(word.slice(from, to));
      if (id === undefined) {
        out.length = before;
        out.push(unknown);
        return;
      }
      out.push(id);
      from = to;
    }
  };

  const ids = (text: string, limit: number): number[] => {
    const out: number[] = [];
    for (const part of text.split(SPELT)) {
      if (SPELT.test(part)) out.push(unknown);
      else for (const word of words(part)) if (out.length < limit) pieces(word, out);
    }
    return out.length > limit ? out.slice(0, limit) : out;
  };
  return { ids };
}

function words(text: string): string[] {
  return clean(text).match(WORDS) ?? [];
}

function clean(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  const spaced = bertText(text).replace(DROPPED, "").replace(CJK, " $& ");
  return spaced
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}
