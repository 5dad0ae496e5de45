import { characterEnd, type Hit } from "@pipit/core";

export interface Caption {
  readonly title: string;
  /** What of the passage is worth showing below the title; may be empty. */
  readonly passage: string;
}

const TITLE_WORDS = 8;
const TITLE_LENGTH = 100;
const PASSAGE_LENGTH = 260;
const SAFE_SCHEMES = new Set(["http:", "https:", "file:", "mailto:"]);

/** The title a hit's entry was given, or the passage's first words, which the passage then does not repeat. */
export function captionOf(hit: Hit): Caption {
  const text = hit.passage.text.replace(/\s+/g, " ").trim();
  const title = hit.entry.fields?.title;
  if (typeof title === "string" && title.trim() !== "") return { title, passage: shorten(text) };
  const end = titleEnd(text);
  if (end === text.length) return { title: text || hit.id, passage: "" };
  return { title: `${text.slice(0, end).trimEnd()} …`, passage: shorten(`… ${text.slice(end).trimStart()}`) };
}

/** Eight words, and no more characters than a line holds: a script without spaces is all one word. */
function titleEnd(text: string): number {
  let end = 0;
  for (let word = 0; word < TITLE_WORDS && end >= 0; word++) end = text.indexOf(" ", end + 1);
  return cutAt(end < 0 ? text : text.slice(0, end), TITLE_LENGTH);
}

function shorten(text: string): string {
  const end = cutAt(text, PASSAGE_LENGTH);
  return end === text.length ? text : `${text.slice(0, end).trimEnd()} …`;
}

/** Where a text is cut to about so many units: before a word, and where none begins late enough, between characters. */
function cutAt(text: string, most: number): number {
  if (text.length <= most) return text.length;
  const space = text.lastIndexOf(" ", most);
  return space > most / 2 ? space : characterEnd(text, 0, most);
}

/** Where a hit leads, absolute; nothing when it leads nowhere or to a scheme that would run code (`javascript:`). */
export function linkOf(hit: Hit, base: string): string | undefined {
  const url = hit.entry.fields?.url;
  if (typeof url !== "string" || !URL.canParse(url, base)) return undefined;
  const link = new URL(url, base);
  return SAFE_SCHEMES.has(link.protocol) ? link.href : undefined;
}
