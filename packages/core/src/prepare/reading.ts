import { bertText } from "../bert-text.ts";
import type { Script } from "../space.ts";
import type { Span } from "./span.ts";

/**
 * A passage of which a model reads less than this gets no vector. Measured on all-MiniLM-L6-v2 by
 * test/runtimes/node/measure-reading.ts.
 */
export const LEAST_READ = 0.5;

// A run of DNA, digits, a key or base64. WordPiece makes one [UNK] of a word longer than a hundred characters. Shorter ones are pieces without
// a meaning, of which any two texts are alike: cosine .97 between random lines of 60 letters.
const LONG_WORDS = /[^\s\p{P}$+<=>^`|~]{41,}/gu;

// What WordPiece takes as one word, or as a word of its own. It drops characters for private use: they part no word.
const WORDS = /[\p{Script=Han}\p{Co}$+<=>^`|~]|[^\s\p{P}\p{Script=Han}\p{Co}$+<=>^`|~]+/gu;

// Characters with a meaning of their own, and those of no script. Marks belong to the letter before them.
const CONTENT = /(?!\ufffd)[\p{L}\p{N}\p{S}\p{Cn}\p{Co}]/gu;

// Most passages; the test takes a tenth of the time.
const ASCII = /^[\0-\x7f]*$/;

// Beyond ASCII, what the starter's vocabulary has. It is a part of MiniLM's, and both make vectors of one space.
// test/runtimes/node/reading-vocabulary.test.ts compares the lists with the vocabulary.
const LETTERS: Readonly<Record<Script, string>> = {
  Latin: "ªºßæðøþđħıłŋœƒɐɑɒɔɕəɛɡɣɨɪɫɬɯɲɴɹɾʀʁʂʃʉʊʋʌʎʐʑʒʔᵢᵣᵤᵥₐₑₒₓₕₖₗₘₙₚₛₜⱼﬁﬂ",
};
const SIGNS = "¢£¤¥¦¨©¬®°±²³´µ¹¼½¾×÷⁄⁰⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₤₩€₱₹№™⅓⅔←↑→↓↔↦⇄⇌⇒∂∅∆∇∈−∗∘√∞∧∨∩∪≈≡≤≥⊂⊆⊕⊗⋅─│■▪●★☆☉♠♣♥♦♭♯～";

// One Greek letter in a word is a symbol, as in "5 μm" and "β-carotene": the model places such texts beside those that spell it out
// (cosine .77 to .96). Several letters are a Greek word.
const GREEK_SYMBOL = /(?<!\p{Script=Greek})[α-ω](?!\p{Script=Greek})/u;

const DROPPED = /[\ufffd\p{Mn}\p{Cc}\p{Cf}]/gu;

/** Whether the vocabulary has every character of a word, as BERT's uncased rules normalize it. */
function readerOf(scripts: readonly Script[]): (word: string) => boolean {
  const known = new Set(SIGNS + scripts.map((script) => LETTERS[script]).join(""));
  return (word) => {
    if (ASCII.test(word)) return true;
    const folded = bertText(word).normalize("NFD").replace(DROPPED, "").toLowerCase().replace(GREEK_SYMBOL, "");
    return Array.from(folded).every((character) => ASCII.test(character) || known.has(character));
  };
}

/** What a model trained on some scripts reads of a text. Spans are parts of the text. */
export interface Reading {
  /**
   * The share of a span's letters, digits and signs, 0 to 1, that the model reads. Without any it is 1, such as of a line of dashes, but 0
   * if the whole text has none and is not ASCII: the model knows few other marks, and all others are one to it.
   * WordPiece makes one [UNK] of a word with any character that it does not know: all characters of such a word count as unread, as
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

export function readingOf(text: string, scripts: readonly Script[]): Reading {
  const long = Array.from(text.matchAll(LONG_WORDS), ({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
  const isKnown = readerOf(scripts);
  let shareOfMarks: number | undefined;
  const ofMarks = () => {
    shareOfMarks ??= Number(ASCII.test(text) || text.search(CONTENT) >= 0);
    return shareOfMarks;
  };
  const isPlain = ({ start, end }: Span) => long.length === 0 && ASCII.test(text.slice(start, end));
  const seen = new Map<string, { readonly content: number; readonly isKnown: boolean }>();
  const factsOf = (word: string) => {
    let facts = seen.get(word);
    if (!facts) {
      // Composed: the parts of a Korean syllable are one letter, however it is written.
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
