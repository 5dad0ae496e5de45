import type { PlainEntry } from "../checks/check-entry.ts";
import { throwIfAborted } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import { type Embedder, LEAST_DOCUMENT_FIDELITY, type TokenWindow } from "../ports/embedder.ts";
import type { Span } from "../prepare/span.ts";
import { type SplitText, splitByReading } from "../prepare/split-by-reading.ts";
import { textPiece } from "../prepare/text-piece.ts";
import type { Space } from "../space.ts";
import { EmbeddedTexts, type VectorsOfTexts } from "./embedded-texts.ts";
import { ESTIMATED_WINDOW } from "./estimated-window.ts";

/** An entry before it is stored. `unread` of `EmbeddedEntry` are all parts without vectors. */
export interface PreparedEntry extends EmbeddedEntry {
  /** True if the model does not read a passage. */
  readonly hasUnread: boolean;
}

/** The part of an entry that is split and embedded here. */
export type TextEntry = Pick<PlainEntry, "id" | "text" | "fields">;

/** What is noted of entries that no model has embedded. */
const NO_PRODUCER = "none";

/**
 * Splits entries into passages, and embeds none: all are found by their words until `embedEntries` has split and embedded them. The tokens
 * of a text are estimated, because to count them takes as long as all else that makes its words found.
 */
export async function wordedEntries(
  entries: readonly TextEntry[],
  space: Space,
  signal?: AbortSignal,
): Promise<PreparedEntry[]> {
  const split = await splitAll(entries, { space, window: ESTIMATED_WINDOW }, signal);
  return split.map(({ entry: { id, text, fields = {} }, passages, unread }) => ({
    ...{ id, text, fields, passages: [], unread: [...passages, ...unread], vectors: new Float32Array() },
    ...{ producer: NO_PRODUCER, provisional: passages.length > 0, hasUnread: hasUnread(passages, unread) },
  }));
}

/** Splits entries into passages and embeds these in one bulk call. Entries with nothing visible are left out. */
export async function embedEntries(
  entries: readonly TextEntry[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<PreparedEntry[]> {
  const { space, window = ESTIMATED_WINDOW } = embedder;
  const split = await splitAll(entries, { space, window }, signal);
  const texts = split.flatMap(({ entry, passages }) => passages.map(({ start, end }) => entry.text.slice(start, end)));
  const embedded = new EmbeddedTexts(embedder, await embedTexts(texts, embedder, signal));
  const rough = !isFitForDocuments(embedder);
  return split.map(({ entry: { id, text, fields = {} }, passages, unread }) => {
    const own = embedded.take(passages.length);
    // An entry without vectors has nothing that a better producer could improve.
    const provisional = rough && passages.length > 0;
    const stored = { id, text, fields, passages, unread, ...own, producer: embedder.producer.name, provisional };
    return { ...stored, hasUnread: hasUnread(passages, unread) };
  });
}

/** An entry that has only media. Its empty passage is found by the words of its title. */
export function textlessEntry({ id, text, fields = {} }: TextEntry): PreparedEntry {
  const unread = [{ start: 0, end: text.length }];
  return {
    ...{ id, text, fields, passages: [], unread, vectors: new Float32Array() },
    ...{ producer: NO_PRODUCER, provisional: false, hasUnread: false },
  };
}

/** True if a whole passage is unread, not only words within passages that have vectors. */
function hasUnread(passages: readonly Span[], unread: readonly Span[]): boolean {
  return unread.some(({ start, end }) => !passages.some((passage) => passage.start <= start && end <= passage.end));
}

/** What texts are split into passages by. */
interface Splitter {
  readonly space: Space;
  readonly window: TokenWindow;
}

/** In slices: a long text of another script takes some ten milliseconds. */
async function splitAll(entries: readonly TextEntry[], splitter: Splitter, signal: AbortSignal | undefined) {
  const split: (SplitText & { readonly entry: TextEntry })[] = [];
  const slices = new Slices();
  for (const entry of entries) {
    const parts = splitByReading(entry.text, splitter);
    if (parts.passages.length + parts.unread.length > 0) split.push({ entry, ...parts });
    await slices.pause();
    throwIfAborted(signal);
  }
  return split;
}

export function isFitForDocuments({ producer }: Pick<Embedder, "producer">): boolean {
  return producer.fidelity.mean >= LEAST_DOCUMENT_FIDELITY;
}

async function embedTexts(
  texts: readonly string[],
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<VectorsOfTexts> {
  if (texts.length === 0) return { vectors: new Float32Array() };
  const [pieces, options] = [texts.map(textPiece), { priority: "bulk", signal } as const];
  return embedder.tokens?.embed(pieces, "bits", options) ?? { vectors: await embedder.embed(pieces, options) };
}
