import { characterEnd, type Hit, type Span } from "@pipit/core";
import { passageMarks, passageOf, shifted, titleMarks } from "./marked-part.ts";

/** A text and the spans of it to mark. */
export interface MarkedText {
  readonly text: string;
  readonly marks: readonly Span[];
}

export interface Caption {
  readonly title: MarkedText;
  /** The part of the passage to show below the title; may be empty. */
  readonly passage: MarkedText;
}

const TITLE_WORDS = 8;
const TITLE_LENGTH = 100;
const PASSAGE_LENGTH = 260;
/** Two lines of the list hold about as much. A first mark beyond it would not be seen. */
const SEEN_LENGTH = 120;
/** The text before the first mark where a passage begins in its middle. */
const BEFORE_MARK = 40;
const NOTHING: MarkedText = { text: "", marks: [] };
const SAFE_SCHEMES = new Set(["http:", "https:", "file:", "mailto:"]);

/** The entry's title. Without one, the passage's first words, which are then omitted from the passage. */
export function captionOf(hit: Hit, query: string): Caption {
  const { id, entry } = hit;
  const passage = passageOf(hit);
  const marks = passageMarks(hit);
  const whole = inOneLine({ text: passage.text, marks });
  const title = entry.fields?.title;
  if (typeof title === "string" && title.trim() !== "") {
    return { title: { text: title, marks: titleMarks(title, hit, query) }, passage: seenPart(whole, 0) };
  }
  const end = titleEnd(whole.text);
  if (end === whole.text.length) return { title: end > 0 ? whole : { text: id, marks: [] }, passage: NOTHING };
  return { title: cut(whole, 0, end), passage: seenPart(whole, end) };
}

/** White space becomes single spaces; marks move with their words. */
function inOneLine({ text, marks }: MarkedText): MarkedText {
  const placeOf = (at: number) => text.slice(0, at).replace(/\s+/g, " ").trimStart().length;
  return {
    text: text.replace(/\s+/g, " ").trim(),
    marks: marks.map(({ start, end }) => ({ start: placeOf(start), end: placeOf(end) })),
  };
}

/** The end of eight words, limited to a line: in a script without spaces a whole text is one word. */
function titleEnd(text: string): number {
  let end = 0;
  for (let word = 0; word < TITLE_WORDS && end >= 0; word++) end = text.indexOf(" ", end + 1);
  return cutAt(end < 0 ? text : text.slice(0, end), TITLE_LENGTH);
}

/** The passage from `from` on, or from some words before its first mark if that would not be seen. */
function seenPart(whole: MarkedText, from: number): MarkedText {
  const first = Math.min(...whole.marks.map(({ start }) => start).filter((start) => start >= from));
  const isFar = Number.isFinite(first) && first - from > SEEN_LENGTH;
  const start = isFar ? wordStart(whole.text, first - BEFORE_MARK) : from;
  return cut(whole, start, start + cutAt(whole.text.slice(start), PASSAGE_LENGTH));
}

function wordStart(text: string, at: number): number {
  const space = text.indexOf(" ", at);
  return space >= 0 && space - at < BEFORE_MARK / 2 ? space : characterEnd(text, 0, at);
}

/** A part of the text without the white space around it, with signs of what is left out before and after it. */
function cut({ text, marks }: MarkedText, start: number, end: number): MarkedText {
  const before = start > 0 ? "… " : "";
  const first = end - text.slice(start, end).trimStart().length;
  const kept = marks.map((span) => ({ start: Math.max(first, span.start), end: Math.min(end, span.end) }));
  const bare = text.slice(first, end).trimEnd();
  return { text: `${before}${bare}${end < text.length ? " …" : ""}`, marks: shifted(kept, before.length - first) };
}

/** The position to cut a text at, about `most` units: before a word, or between characters if no word begins late enough. */
function cutAt(text: string, most: number): number {
  if (text.length <= most) return text.length;
  const space = text.lastIndexOf(" ", most);
  return space > most / 2 ? space : characterEnd(text, 0, most);
}

/** The absolute URL of a hit; undefined if it has none, and for schemes that would run code (`javascript:`). */
export function linkOf(hit: Hit, base: string): string | undefined {
  const url = hit.entry.fields?.url;
  if (typeof url !== "string" || !URL.canParse(url, base)) return undefined;
  const link = new URL(url, base);
  return SAFE_SCHEMES.has(link.protocol) ? link.href : undefined;
}
