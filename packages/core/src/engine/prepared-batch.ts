import type { PlainEntry } from "../checks/check-entry.ts";
import type { UnreadableMedium } from "../ports/search-engine.ts";
import { type PreparedEntry, textlessEntry } from "./embed-entries.ts";
import { type EmbeddedMedia, embedMedia, type MediaReaders } from "./embed-media.ts";

export interface PreparedBatch {
  readonly entries: readonly PreparedEntry[];
  readonly unreadable: readonly UnreadableMedium[];
}

interface Preparing {
  /** Splits texts, and embeds them if they are to be embedded now. */
  readonly texts: (batch: readonly PlainEntry[], signal?: AbortSignal) => Promise<PreparedEntry[]>;
  readonly media: MediaReaders;
}

/** Reads texts and media of entries. Those of which nothing is left are left out. */
export async function preparedBatch(
  batch: readonly PlainEntry[],
  { texts, media }: Preparing,
  signal?: AbortSignal,
): Promise<PreparedBatch> {
  const embedded = await embedMedia(
    batch.filter((entry) => entry.media),
    media,
    signal,
  );
  return withMedia(batch, await texts(batch, signal), embedded);
}

function withMedia(
  batch: readonly PlainEntry[],
  texts: readonly PreparedEntry[],
  embedded: ReadonlyMap<string, EmbeddedMedia>,
): PreparedBatch {
  const byId = new Map(texts.map((entry) => [entry.id, entry]));
  const entries = batch.flatMap((entry): PreparedEntry[] => {
    const { media = [], further = [] } = embedded.get(entry.id) ?? {};
    const text = byId.get(entry.id);
    if (media.length === 0) return text ? [text] : [];
    return [{ ...(text ?? textlessEntry(entry)), media, further }];
  });
  return { entries, unreadable: [...embedded.values()].flatMap(({ unreadable }) => unreadable) };
}
