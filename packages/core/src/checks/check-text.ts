import { badInput, LimitError } from "../bad-input.ts";
import { LIMITS } from "../limits.ts";

/**
 * Answers an entry's text as it is stored, or throws `bad-input`. Half a surrogate pair, as a text cut to a length ends in,
 * becomes U+FFFD here, because databases would turn it into that, each in its own way. Offsets stay what they were.
 */
export function checkedText(text: unknown): string {
  if (typeof text !== "string") throw badInput(text, "a text as a string", "Correct the entry and add it again.");
  if (text.length > LIMITS.textCharacters) {
    const advice = "Cut it into several entries, at headings or paragraphs.";
    throw new LimitError(`a text of ${text.length} characters`, `at most ${LIMITS.textCharacters}`, advice);
  }
  return text.toWellFormed();
}
