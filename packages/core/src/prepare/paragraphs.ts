import type { TokenWindow } from "../ports/embedder.ts";
import type { Span } from "./passages.ts";

// Shorter ones are headings and labels, which mean more together with what follows them.
const LEAST_TOKENS = 8;

/**
 * The paragraphs of a text, divided by blank lines. A paragraph of its own is a thought of its own: one vector for several
 * thoughts lies between them and near to none. One of fewer than 8 tokens goes with the next, at the end with the one before.
 */
export function paragraphsOf(text: string, window: TokenWindow): Span[] {
  const paragraphs: Span[] = [];
  let start = 0;
  for (const { index, 0: blank } of text.matchAll(/\n[^\S\n]*\n\s*/g)) {
    if (isShort(text, { start, end: index }, window)) continue;
    paragraphs.push({ start, end: index });
    start = index + blank.length;
  }
  const last = { start, end: text.length };
  const before = paragraphs.at(-1);
  if (!before || !isShort(text, last, window)) return [...paragraphs, last];
  return [...paragraphs.slice(0, -1), { start: before.start, end: last.end }];
}

/** No running text has words this long, so a longer span needs no counting to know that it does not fit. */
export const MOST_UNITS_PER_TOKEN = 24;

function isShort(text: string, { start, end }: Span, window: TokenWindow): boolean {
  const most = LEAST_TOKENS * MOST_UNITS_PER_TOKEN;
  return end - start < most && window.count(text.slice(start, end)) < LEAST_TOKENS;
}
