import { badInput, LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";

/**
 * Returns an entry's text as it is stored, or throws `bad-input`. A text that was cut to a length may end in half a surrogate
 * pair. It becomes U+FFFD here, because each database would replace it in its own way. Offsets do not change.
 */
export function checkedText(text: unknown): string {
  if (typeof text !== "string") throw badInput(text, "a text as a string", "Correct the entry and add it again.");
  if (text.length > LIMITS.textCharacters) {
    const advice = "Cut it into several entries, at headings or paragraphs.";
    throw new LimitError(`a text of ${text.length} characters`, `at most ${LIMITS.textCharacters}`, advice);
  }
  return text.toWellFormed();
}

/** A copy of a list of texts to embed. Throws `bad-input`. */
export function checkedTexts(texts: unknown): string[] {
  if (!Array.isArray(texts)) throw badInput(texts, "a list of texts", "Pass a list, also of one text.");
  return Array.from(texts, checkedText);
}
