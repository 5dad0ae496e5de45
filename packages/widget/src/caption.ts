import type { Hit } from "@pipit/core";

export interface Caption {
  readonly title: string;
  /** What of the passage is worth showing below the title; may be empty. */
  readonly passage: string;
}

const TITLE_WORDS = 8;
const PASSAGE_LENGTH = 260;
const SAFE_SCHEMES = new Set(["http:", "https:", "file:", "mailto:"]);

/** The title a hit's entry was given, or the passage's first words, which the passage then does not repeat. */
export function captionOf(hit: Hit): Caption {
  const text = hit.passage.text.replace(/\s+/g, " ").trim();
  const title = hit.entry.fields?.title;
  if (typeof title === "string" && title.trim() !== "") return { title, passage: shorten(text) };
  const words = text.split(" ");
  if (words.length <= TITLE_WORDS) return { title: text || hit.id, passage: "" };
  return {
    title: `${words.slice(0, TITLE_WORDS).join(" ")} …`,
    passage: shorten(`… ${words.slice(TITLE_WORDS).join(" ")}`),
  };
}

function shorten(text: string): string {
  if (text.length <= PASSAGE_LENGTH) return text;
  const cut = text.lastIndexOf(" ", PASSAGE_LENGTH);
  return `${text.slice(0, cut > 0 ? cut : PASSAGE_LENGTH)} …`;
}

/** Where a hit leads, absolute; nothing when it leads nowhere or to a scheme that would run code (`javascript:`). */
export function linkOf(hit: Hit, base: string): string | undefined {
  const url = hit.entry.fields?.url;
  if (typeof url !== "string" || !URL.canParse(url, base)) return undefined;
  const link = new URL(url, base);
  return SAFE_SCHEMES.has(link.protocol) ? link.href : undefined;
}
