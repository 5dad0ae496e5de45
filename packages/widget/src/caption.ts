import { characterEnd, type Hit } from "@pipit/core";

export interface Caption {
  readonly title: string;
  /** The part of the passage to show below the title; may be empty. */
  readonly passage: string;
}

const TITLE_WORDS = 8;
const TITLE_LENGTH = 100;
const PASSAGE_LENGTH = 260;
const SAFE_SCHEMES = new Set(["http:", "https:", "file:", "mailto:"]);

/** The entry's title. Without one, the passage's first words, which are then omitted from the passage. */
export function captionOf(hit: Hit): Caption {
  const text = hit.passage.text.replace(/\s+/g, " ").trim();
  const title = hit.entry.fields?.title;
  if (typeof title === "string" && title.trim() !== "") return { title, passage: shorten(text) };
  const end = titleEnd(text);
  if (end === text.length) return { title: text || hit.id, passage: "" };
  return { title: `${text.slice(0, end).trimEnd()} …`, passage: shorten(`… ${text.slice(end).trimStart()}`) };
}

/** The end of eight words, limited to a line: in a script without spaces a whole text is one word. */
function titleEnd(text: string): number {
  let end = 0;
  for (let word = 0; word < TITLE_WORDS && end >= 0; word++) end = text.indexOf(" ", end + 1);
  return cutAt(end < 0 ? text : text.slice(0, end), TITLE_LENGTH);
}

function shorten(text: string): string {
  const end = cutAt(text, PASSAGE_LENGTH);
  return end === text.length ? text : `${text.slice(0, end).trimEnd()} …`;
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
