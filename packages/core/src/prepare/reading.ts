import { bertText } from "../bert-text.ts";
import type { Script } from "../space.ts";
import type { Span } from "./passages.ts";

/**
 * A passage of which a model reads less than this gets no vector. Measured on all-MiniLM-L6-v2 by
 * test/runtimes/node/measure-reading.ts.
 */
export const LEAST_READ = 0.5;

// WordPiece makes one [UNK] of a word longer than a hundred characters, such as a run of DNA, a key or base64.
const LONG_WORDS = /[^\s\p{P}$+<=>^`|~]{101,}/gu;

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
  const isRead = readerOf(scripts);
  return ({ start, end }) => {
    if (long.length === 0 && ASCII.test(text.slice(start, end))) return 1;
    let all = 0;
    let read = 0;
    for (const { index, 0: word } of text.slice(start, end).matchAll(WORDS)) {
      const content = word.match(CONTENT)?.length ?? 0;
      const at = start + index;
      all += content;
      const isLong = long.some((each) => each.start <= at && at < each.end);
      if (!isLong && isRead(word)) read += content;
    }
    return all === 0 ? 1 : read / all;
  };
}
