import type { TokenWindow } from "../ports/embedder.ts";

/** Letters of a token, about: tokenizers keep frequent words whole, and cut the others into parts. */
const LETTERS_A_TOKEN = 4;

/**
 * A window for splitting texts without a model that counts their tokens. Only parts that are compared by words are split by it: when an
 * entry is embedded it is split again, by the model's window.
 */
export const ESTIMATED_WINDOW: TokenWindow = {
  limit: 254,
  count(text) {
    let [tokens, units] = [0, 0];
    for (let at = 0; at < text.length; at++) {
      if (!isSpace(text.charCodeAt(at))) units++;
      else {
        tokens += Math.ceil(units / LETTERS_A_TOKEN);
        units = 0;
      }
    }
    return tokens + Math.ceil(units / LETTERS_A_TOKEN);
  },
};

/** Without an expression for ASCII: a collection's first entries are found the sooner. */
function isSpace(unit: number): boolean {
  return unit < 0x80 ? unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) : /\s/.test(String.fromCharCode(unit));
}
