import { holdsText } from "../held-text.ts";
import type { TokenWindow } from "../ports/embedder.ts";
import type { Space } from "../space.ts";
import { type Span, splitPassages } from "./passages.ts";
import { LEAST_READ, readShareOf } from "./reading.ts";

export interface SplitText {
  /** Passages that the model reads, for a vector each. */
  readonly passages: readonly Span[];
  readonly unread: readonly Span[];
}

/** The passages of a text, divided by whether the model reads them. */
export function splitByReading(text: string, { window, space }: { window: TokenWindow; space: Space }): SplitText {
  const all = splitPassages(text, window);
  if (!space.scripts) return { passages: all, unread: [] };
  const share = readShareOf(text, space.scripts);
  const passages: Span[] = [];
  const unread: Span[] = [];
  for (const passage of all) (share(passage) < LEAST_READ ? unread : passages).push(passage);
  return { passages, unread };
}

/** Whether a model of the space reads a text, so that its vector has a meaning. */
export function isRead(text: string, { scripts }: Space): boolean {
  if (!holdsText(text)) return false;
  return !scripts || readShareOf(text, scripts)({ start: 0, end: text.length }) >= LEAST_READ;
}
