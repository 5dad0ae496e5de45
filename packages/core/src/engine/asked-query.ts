import type { PlainSearch } from "../checks/check-search.ts";
import type { CollectionQuery, RefinableCollection } from "../ports/collection.ts";
import type { Embedder } from "../ports/embedder.ts";
import type { MediaReaders } from "./embed-media.ts";
import { type EmbeddedQuery, embeddedQuery, furtherQueries } from "./embedded-query.ts";
import { unknownEntry } from "./entry-errors.ts";

export interface AskedQuery extends Omit<EmbeddedQuery, "query"> {
  /** Undefined if nothing can be compared. */
  readonly asked: CollectionQuery | undefined;
  /** True if a further space is not compared, because its embedder failed. */
  readonly isPartial: boolean;
}

export interface Asking {
  readonly collection: Pick<RefinableCollection, "queryLike" | "filledSpaces">;
  readonly embedder: Embedder | undefined;
  readonly media: MediaReaders;
}

/** A search as the collection compares it. Fails with `unknown-entry` if it is for others like an entry that is missing. */
export async function askedQuery(
  checked: PlainSearch,
  { collection, embedder, media }: Asking,
  signal: AbortSignal | undefined,
): Promise<AskedQuery> {
  const { like } = checked.query;
  if (like !== undefined) {
    const asked = await collection.queryLike(like);
    if (!asked) throw unknownEntry(like);
    return { asked, read: 1, isUnread: false, isEarly: false, isPartial: false };
  }
  const [{ query, ...own }, { further, isPartial }] = await Promise.all([
    embeddedQuery(checked, embedder, signal),
    furtherQueries(checked, { ...media, filled: collection.filledSpaces() }, signal),
  ]);
  const isUnread = own.isUnread && further.length === 0;
  return { ...own, isUnread, isPartial, asked: query || further.length > 0 ? { ...query, further } : undefined };
}
