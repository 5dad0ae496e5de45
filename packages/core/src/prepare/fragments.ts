import { characterEnd } from "../character-end.ts";
import type { TokenWindow } from "../ports/embedder.ts";
import type { Span } from "./span.ts";

export interface CountedSpan extends Span {
  readonly tokens: number;
}

export interface FragmentSize {
  readonly window: TokenWindow;
  /** The upper limit of tokens in a fragment; a single longer word is a fragment of its own. */
  readonly size: number;
}

/** Cuts a sentence that does not fit the window between words, and words that do not fit between characters. */
export function fragmentsOf(text: string, sentence: Span, { window, size }: FragmentSize): CountedSpan[] {
  const fragments: CountedSpan[] = [];
  let open: CountedSpan | undefined;
  for (const word of wordsOf(text, sentence, window)) {
    if (open && open.tokens + word.tokens <= size)
      open = { start: open.start, end: word.end, tokens: open.tokens + word.tokens };
    else {
      if (open) fragments.push(open);
      open = word;
    }
  }
  return open ? [...fragments, open] : fragments;
}

function* wordsOf(text: string, sentence: Span, window: TokenWindow): Iterable<CountedSpan> {
  for (const match of text.slice(sentence.start, sentence.end).matchAll(/\S+/g)) {
    const word = { start: sentence.start + match.index, end: sentence.start + match.index + match[0].length };
    const tokens = fitsByLength(word, window) ? window.count(match[0]) : Number.POSITIVE_INFINITY;
    if (tokens <= window.limit) yield { ...word, tokens };
    else yield* charactersOf(text, word, window);
  }
}

// Tokenizing a megabyte without a space would be the slowest step of all, only to find that it is too long.
const fitsByLength = ({ start, end }: Span, { limit }: TokenWindow) => end - start <= limit * 8;

/** Parts of a word that fit, found by halving: a part of `limit` characters nearly always does. */
function* charactersOf(text: string, word: Span, window: TokenWindow): Iterable<CountedSpan> {
  for (let start = word.start; start < word.end; ) {
    let end = characterEnd(text, start, Math.min(word.end, start + window.limit));
    let tokens = window.count(text.slice(start, end));
    for (let half = (end - start) >> 1; tokens > window.limit && half > 0; half >>= 1) {
      end = characterEnd(text, start, start + half);
      tokens = window.count(text.slice(start, end));
    }
    yield { start, end, tokens: Math.min(tokens, window.limit) };
    start = end;
  }
}
