import { characterEnd } from "@pipit/core";
import type { Stretch } from "@pipit/widget/marked-part";

/** A longer beginning would push the first mark out of the lines that a card shows. */
const MOST_BEFORE = 160;
const KEPT_BEFORE = 80;

/** The text from some words before its first mark on, so that the mark is seen where only some lines are shown. */
export function excerptOf(stretches: readonly Stretch[]): readonly Stretch[] {
  const [first, ...rest] = stretches;
  if (!first || first.marked || rest.length === 0 || first.text.length <= MOST_BEFORE) return stretches;
  const { text } = first;
  const space = text.indexOf(" ", text.length - KEPT_BEFORE);
  const at = space >= 0 && space < text.length - 1 ? space + 1 : characterEnd(text, 0, text.length - KEPT_BEFORE);
  return [{ text: `… ${text.slice(at)}`, marked: false }, ...rest];
}
