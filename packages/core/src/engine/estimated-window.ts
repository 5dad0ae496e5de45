import type { TokenWindow } from "../ports/embedder.ts";

/** Letters of a token, about: tokenizers keep frequent words whole, and cut the others into parts. */
const LETTERS_A_TOKEN = 4;

/**
 * A window for splitting texts without a model that counts their tokens. Only parts that are compared by words are split by it: when an
 * entry is embedded it is split again, by the model's window.
 */
export const ESTIMATED_WINDOW: TokenWindow = {
  limit: 254,
  count: (text) => {
    let tokens = 0;
    for (const { 0: word } of text.matchAll(/\S+/g)) tokens += Math.ceil(word.length / LETTERS_A_TOKEN);
    return tokens;
  },
};
