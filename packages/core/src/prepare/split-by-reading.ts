import { holdsText } from "../held-text.ts";
import type { TokenWindow } from "../ports/embedder.ts";
import type { Space } from "../space.ts";
import { splitPassages } from "./passages.ts";
import { LEAST_READ, readingOf } from "./reading.ts";
import type { Span } from "./span.ts";

export interface SplitText {
  /** Passages that the model reads, for a vector each. */
  readonly passages: readonly Span[];
  /** Passages that it does not read, and words that it does not read within those that it does. */
  readonly unread: readonly Span[];
}

/** A passage with more unread parts counts as a single unread part, so that the parts take less room than its vector. */
const MOST_PARTS = 64;

/**
 * The passages of a text, divided into those that the model reads and those that it does not, by the share of known letters and words
 * (`readingOf`).
 * Paragraphs of both kinds are never in one passage.
 */
export function splitByReading(text: string, { window, space }: { window: TokenWindow; space: Space }): SplitText {
  if (!space.scripts) return { passages: splitPassages(text, window), unread: [] };
  const reading = readingOf(text, space.scripts);
  const isRead = (span: Span) => reading.shareOf(span) >= LEAST_READ;
  const passages: Span[] = [];
  // Keyed by position: passages overlap, and a word may lie in two.
  const unread = new Map<string, Span>();
  for (const passage of splitPassages(text, window, { kindOf: isRead })) {
    const read = isRead(passage);
    if (read) passages.push(passage);
    const parts = read ? reading.unreadIn(passage) : [passage];
    for (const part of parts.length > MOST_PARTS ? [passage] : parts) unread.set(`${part.start} ${part.end}`, part);
  }
  return { passages, unread: [...unread.values()] };
}

/** The part of a query that the model reads, by its scripts and vocabulary. */
export interface QueryReading {
  /** True if the model reads enough of the query for the vector to have a meaning. */
  readonly isRead: boolean;
  /** The words that the model does not read, and the share of the letters that it reads, 0 to 1. */
  readonly unread: { readonly words: string; readonly share: number } | undefined;
}

export function readingOfQuery(text: string, { scripts }: Space): QueryReading {
  if (!holdsText(text)) return { isRead: false, unread: undefined };
  if (!scripts) return { isRead: true, unread: undefined };
  const whole = { start: 0, end: text.length };
  const reading = readingOf(text, scripts);
  const share = reading.shareOf(whole);
  if (share < LEAST_READ) return { isRead: false, unread: undefined };
  const parts = reading.unreadIn(whole);
  const words = parts.map(({ start, end }) => text.slice(start, end)).join(" ");
  return { isRead: true, unread: words === "" ? undefined : { words, share } };
}

/** True if a model of the space reads the text, so that its vector has a meaning. */
export function isRead(text: string, space: Space): boolean {
  return readingOfQuery(text, space).isRead;
}
