import { bertText } from "@pipit/core";

/**
 * BERT's uncased WordPiece over a vocabulary in which each token's position is its id: clean, lower-case, drop accents, split at
 * space and punctuation, then the longest piece first. It differs from the general tokenizer library for speed: a query
 * is cut in a few microseconds. Special tokens spelt out in a text ("[SEP]") are unknown, never special.
 */
export interface WordPiece {
  /** At most `limit` ids. A word with a piece outside the vocabulary is one [UNK]. */
  ids(text: string, limit: number): number[];
  /** The id of a word in lower case that is one token as a whole. */
  idOf(word: string): number | undefined;
}

const LONGEST_WORD = 100; // characters; BERT calls anything longer unknown
const MOST_CUTS = 16_384;
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

  const cut = (word: string): readonly number[] => {
    if (word.length > LONGEST_WORD && [...word].length > LONGEST_WORD) return [unknown];
    const out: number[] = [];
    for (let from = 0; from < word.length; ) {
      const known = from === 0 ? starts : tails;
      let to = Math.min(word.length, from + longest);
      let id = known.get(word.slice(from, to));
      while (id === undefined && --to > from) id = known.get(word.slice(from, to));
      if (id === undefined) return [unknown];
      out.push(id);
      from = to;
    }
    return out;
  };

  // The pieces of words that have several. Texts share their words, and are counted before they are read.
  const cuts = new Map<string, readonly number[]>();
  const pieces = (word: string): readonly number[] => {
    const present = cuts.get(word);
    if (present) return present;
    const made = cut(word);
    if (made.length === 1) return made;
    if (cuts.size === MOST_CUTS) cuts.clear();
    // The key is built from the tokens' own letters: a substring of a text would keep the whole text in memory.
    cuts.set(made.map((id, i) => tokens[id]!.slice(i === 0 ? 0 : 2)).join(""), made);
    return made;
  };

  const ids = (text: string, limit: number): number[] => {
    const out: number[] = [];
    for (const part of text.split(SPELT)) {
      if (SPELT.test(part)) out.push(unknown);
      else for (const word of words(part)) if (out.length < limit) out.push(...pieces(word));
    }
    return out.length > limit ? out.slice(0, limit) : out;
  };
  return { ids, idOf: (word) => starts.get(word) };
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
