import type { TokenWindow } from "../ports/embedder.ts";
import type { Span } from "./span.ts";

// Shorter ones are headings and labels, which mean more together with what follows them.
const LEAST_TOKENS = 8;

/**
 * The paragraphs of a text, divided by blank lines, form feeds and U+2029. Each paragraph gets a vector of its own: one vector for several
 * thoughts would be between them and near none of them. A paragraph of fewer than 8 tokens is joined to the next one, the last to the one
 * before it, if they are of one kind.
 */
export function paragraphsOf(
  text: string,
  window: TokenWindow,
  kindOf: (paragraph: Span) => unknown = oneKind,
): Span[] {
  const joined: Paragraph[] = [];
  for (const span of dividedAtBlanks(text)) {
    const before = joined.at(-1);
    const kind = kindOf(span);
    const isOpen = before && before.kind === kind && isShort(text, before.span, window);
    if (isOpen) joined.splice(-1, 1, { kind, span: { start: before.span.start, end: span.end } });
    else joined.push({ kind, span });
  }
  const [before, last] = joined.slice(-2);
  if (!before || !last || before.kind !== last.kind || !isShort(text, last.span, window)) return joined.map(spanOf);
  return [...joined.slice(0, -2).map(spanOf), { start: before.span.start, end: last.span.end }];
}

interface Paragraph {
  readonly kind: unknown;
  readonly span: Span;
}

const oneKind = () => 0;
const spanOf = ({ span }: Paragraph) => span;

function* dividedAtBlanks(text: string): Generator<Span> {
  let start = 0;
  for (const { index, 0: space } of text.matchAll(LINE_ENDS)) {
    if (!endsParagraph(space)) continue;
    yield { start, end: index };
    start = index + space.length;
  }
  yield { start, end: text.length };
}

// U+0085 (next line) ends a line by Unicode, but is no white space in JavaScript.
const LINE_ENDS = /[\n\r\v\f\x85\u2028\u2029][\s\x85]*/g;
const LINE_END = /\r\n|[\n\r\v\x85\u2028]/g;

/** Two line ends of any system make a blank line; a new page and a paragraph separator need no second one. */
function endsParagraph(space: string): boolean {
  return /[\f\u2029]/.test(space) || (space.match(LINE_END)?.length ?? 0) > 1;
}

/** Words of running text are never this long, so a span with more units per token does not fit and needs no counting. */
export const MOST_UNITS_PER_TOKEN = 24;

function isShort(text: string, { start, end }: Span, window: TokenWindow): boolean {
  const most = LEAST_TOKENS * MOST_UNITS_PER_TOKEN;
  return end - start < most && window.count(text.slice(start, end)) < LEAST_TOKENS;
}
