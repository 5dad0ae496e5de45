import { holdsText } from "../held-text.ts";
import type { TokenWindow } from "../ports/embedder.ts";
import { type CountedSpan, fragmentsOf } from "./fragments.ts";
import { MOST_UNITS_PER_TOKEN, paragraphsOf } from "./paragraphs.ts";
import { sentencesOf } from "./sentences.ts";
import type { Span } from "./span.ts";

export interface SplitOptions {
  /** The most tokens at the end of a passage that the next one repeats, in whole sentences. Default 32. */
  readonly overlap?: number;
  /** Short paragraphs are joined only to others of the same kind. Default: all are of one kind. */
  readonly kindOf?: (paragraph: Span) => unknown;
}

const OVERLAP = 32;

/**
 * Cuts a text into passages that fit the model's window, one per paragraph. A longer paragraph is cut into passages of whole
 * sentences; short sentences at the end of one are repeated at the start of the next. A sentence longer than the window is cut
 * between words, a word longer than the window between characters. Passages have no white space at their ends. A passage
 * with nothing visible (white space, invisible characters) is left out.
 *
 * Every sentence is counted once. Token counts of sentences and words are added up, which is right for tokenizers that split at
 * white space first.
 */
export function splitPassages(text: string, window: TokenWindow, options: SplitOptions = {}): Span[] {
  const overlap = Math.min(options.overlap ?? OVERLAP, window.limit - 1);
  const passages = paragraphsOf(text, window, options.kindOf).flatMap((each) =>
    splitParagraph(text, each, { window, overlap }),
  );
  return passages.filter(({ start, end }) => holdsText(text.slice(start, end)));
}

function splitParagraph(text: string, paragraph: Span, cut: Cut): Span[] {
  const { limit } = cut.window;
  const whole = trimmed(text, paragraph.start, paragraph.end);
  const length = whole.end - whole.start;
  if (length === 0) return [];
  if (length <= limit * MOST_UNITS_PER_TOKEN && cut.window.count(text.slice(whole.start, whole.end)) <= limit)
    return [whole];
  const units = sentencesOf(text.slice(whole.start, whole.end)).flatMap((sentence) =>
    countedParts(text, trimmed(text, whole.start + sentence.start, whole.start + sentence.end), cut),
  );
  return pack(units, limit, cut.overlap);
}

function trimmed(text: string, start: number, end: number): Span {
  let first = start;
  let last = end;
  while (first < last && isSpace(text.charCodeAt(first))) first += 1;
  while (last > first && isSpace(text.charCodeAt(last - 1))) last -= 1;
  return { start: first, end: last };
}

// U+0085 (next line) is white space by Unicode, but not in JavaScript.
const isSpace = (unit: number) => unit === 0x85 || /\s/.test(String.fromCharCode(unit));

interface Cut {
  readonly window: TokenWindow;
  readonly overlap: number;
}

function countedParts(text: string, sentence: Span, { window, overlap }: Cut): CountedSpan[] {
  if (sentence.start === sentence.end) return [];
  const size = overlap > 0 ? overlap : window.limit;
  if (sentence.end - sentence.start > window.limit * MOST_UNITS_PER_TOKEN) {
    return fragmentsOf(text, sentence, { window, size });
  }
  const tokens = window.count(text.slice(sentence.start, sentence.end));
  return tokens <= window.limit ? [{ ...sentence, tokens }] : fragmentsOf(text, sentence, { window, size });
}

function pack(units: readonly CountedSpan[], limit: number, overlap: number): Span[] {
  const passages: Span[] = [];
  let first = 0;
  let tokens = 0;
  units.forEach((unit, index) => {
    if (index > first && tokens + unit.tokens > limit) {
      passages.push({ start: units[first]!.start, end: units[index - 1]!.end });
      const room = Math.min(overlap, limit - unit.tokens);
      ({ first, tokens } = overlapBefore(units, { first, index, room }));
    }
    tokens += unit.tokens;
  });
  const last = units.at(-1);
  if (last) passages.push({ start: units[first]!.start, end: last.end });
  return passages;
}

/** The start of the next passage: as far before `index` as `room` tokens reach, never at the start of the same passage again. */
function overlapBefore(
  units: readonly CountedSpan[],
  { first, index, room }: { readonly first: number; readonly index: number; readonly room: number },
): { first: number; tokens: number } {
  let start = index;
  let tokens = 0;
  while (start - 1 > first && tokens + units[start - 1]!.tokens <= room) {
    start -= 1;
    tokens += units[start]!.tokens;
  }
  return { first: start, tokens };
}
