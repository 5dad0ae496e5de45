import { bertText } from "../bert-text.ts";
import type { Script } from "../space.ts";
import type { Span } from "./span.ts";

/**
 * A passage gets no vector if the model reads less than this share of it. Measured on all-MiniLM-L6-v2 by
 * test/runtimes/node/measure-reading.ts.
 */
export const LEAST_READ = 0.5;

// A run of DNA, digits, a key or base64. WordPiece turns a word longer than a hundred characters into one [UNK]. Shorter ones become pieces
// without a meaning, and all such texts are alike: cosine .97 between random lines of 60 letters.
const LONG_WORDS = /[^\s\p{P}$+<=>^`|~]{41,}/gu;
const MOST_UNITS = 40;

// A text that WordPiece takes as one word, or a character that it takes as a word. It drops characters for private use, so they do not
// separate words.
const WORDS = /[\p{Script=Han}\p{Co}$+<=>^`|~]|[^\s\p{P}\p{Script=Han}\p{Co}$+<=>^`|~]+/gu;

// Characters with a meaning of their own, and characters of no script. Marks belong to the letter before them.
const CONTENT = /(?!\ufffd)[\p{L}\p{N}\p{S}\p{Cn}\p{Co}]/gu;

const ASCII = /^[\0-\x7f]*$/;

// Most passages are ASCII, or have dashes, quotes and letters with accents besides, all of which the model reads or drops. This test takes a
// tenth of the time. A passage of dashes alone is not plain: see `shareOf`.
const PLAIN = /^(?=[\s\S]*[0-9A-Za-z])[\0-\x7f\xa0\xc0-\xd6\xd8-\xf6\xf8-\xff\u2010-\u2027]*$/;

// The starter's vocabulary beyond ASCII. It is a part of MiniLM's vocabulary, and both make vectors of one space.
// test/runtimes/node/reading-vocabulary.test.ts compares the lists with the vocabulary.
const LETTERS: Readonly<Record<Script, ReadonlySet<string>>> = {
  Latin: new Set("ªºßæðøþđħıłŋœƒɐɑɒɔɕəɛɡɣɨɪɫɬɯɲɴɹɾʀʁʂʃʉʊʋʌʎʐʑʒʔᵢᵣᵤᵥₐₑₒₓₕₖₗₘₙₚₛₜⱼﬁﬂ"),
};
const SIGNS: ReadonlySet<string> = new Set(
  "¢£¤¥¦¨©¬®°±²³´µ¹¼½¾×÷⁄⁰⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₤₩€₱₹№™⅓⅔←↑→↓↔↦⇄⇌⇒∂∅∆∇∈−∗∘√∞∧∨∩∪≈≡≤≥⊂⊆⊕⊗⋅─│■▪●★☆☉♠♣♥♦♭♯～",
);

// One Greek letter in a word is a symbol, as in "5 μm" and "β-carotene": the model places such texts beside those that spell it out
// (cosine .77 to .96). Several letters are a Greek word.
const GREEK_SYMBOL = /(?<!\p{Script=Greek})[α-ω](?!\p{Script=Greek})/u;

const DROPPED = /[\ufffd\p{Mn}\p{Cc}\p{Cf}]/gu;

/** Returns a test whether the vocabulary has every character of a word, as BERT's uncased rules normalize it. */
function readerOf(scripts: readonly Script[]): (word: string) => boolean {
  const isKnown = (character: string) =>
    SIGNS.has(character) || scripts.some((script) => LETTERS[script].has(character));
  return (word) => {
    if (ASCII.test(word)) return true;
    const folded = bertText(word).normalize("NFD").replace(DROPPED, "").toLowerCase().replace(GREEK_SYMBOL, "");
    return Array.from(folded).every((character) => ASCII.test(character) || isKnown(character));
  };
}

/** The parts of a text that a model trained on some scripts reads. Spans are parts of the text. */
export interface Reading {
  /**
   * The share of a span's letters, digits and signs, 0 to 1, that the model reads. A span without any, such as a line of dashes, counts
   * 1, but 0 if the whole text has none and is not ASCII: the model knows few other marks, and all others are one token to it.
   * WordPiece turns a word with any unknown character into one [UNK]: all characters of such a word count as unread, as do
   * those of a word that is too long.
   */
  shareOf(span: Span): number;
  /** The words of a span that the model does not read; neighbours are joined. */
  unreadIn(span: Span): Span[];
}

interface Word extends Span {
  /** Letters, digits and signs. */
  readonly content: number;
  readonly read: boolean;
}

/** The number of the first span that ends after a place; spans do not overlap. */
function firstEndingAfter(spans: readonly Span[], place: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.end > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Most texts have a space among any forty characters, and are told without the expression. */
function longWordsIn(text: string): Span[] {
  let units = 0;
  for (let at = 0; at < text.length && units <= MOST_UNITS; at++) units = text.charCodeAt(at) > 0x20 ? units + 1 : 0;
  if (units <= MOST_UNITS) return [];
  return Array.from(text.matchAll(LONG_WORDS), ({ index, 0: word }) => ({ start: index, end: index + word.length }));
}

export function readingOf(text: string, scripts: readonly Script[]): Reading {
  const long = longWordsIn(text);
  const isKnown = readerOf(scripts);
  let shareOfMarks: number | undefined;
  const ofMarks = () => {
    shareOfMarks ??= Number(ASCII.test(text) || text.search(CONTENT) >= 0);
    return shareOfMarks;
  };
  const isPlain = ({ start, end }: Span) => {
    const part = text.slice(start, end);
    return long.length === 0 && (ASCII.test(part) || PLAIN.test(part));
  };
  const seen = new Map<string, { readonly content: number; readonly isKnown: boolean }>();
  const factsOf = (word: string) => {
    let facts = seen.get(word);
    if (!facts) {
      // Composed first: the parts of a Korean syllable count as one letter in any encoding.
      facts = { content: word.normalize("NFC").match(CONTENT)?.length ?? 0, isKnown: isKnown(word) };
      seen.set(word, facts);
    }
    return facts;
  };
  function* words({ start, end }: Span): Generator<Word> {
    let next = firstEndingAfter(long, start);
    for (const { index, 0: word } of text.slice(start, end).matchAll(WORDS)) {
      const at = start + index;
      while (next < long.length && long[next]!.end <= at) next++;
      const isLong = next < long.length && long[next]!.start <= at;
      const { content, isKnown } = factsOf(word);
      yield { start: at, end: at + word.length, content, read: !isLong && isKnown };
    }
  }
  return {
    shareOf(span) {
      if (isPlain(span)) return 1;
      let all = 0;
      let read = 0;
      for (const word of words(span)) {
        all += word.content;
        if (word.read) read += word.content;
      }
      return all > 0 ? read / all : ofMarks();
    },
    unreadIn(span) {
      if (isPlain(span)) return [];
      const runs: Span[] = [];
      for (const { start, end, content, read } of words(span)) {
        if (read || content === 0) continue;
        const before = runs.at(-1);
        if (before && /^\s*$/.test(text.slice(before.end, start))) runs.splice(-1, 1, { start: before.start, end });
        else runs.push({ start, end });
      }
      return runs;
    },
  };
}
