import type { PlainSearch } from "../checks/check-search.ts";
import type { Query } from "../ports/collection.ts";
import type { Embedder } from "../ports/embedder.ts";
import { readingOfQuery } from "../prepare/split-by-reading.ts";
import { textPiece } from "../prepare/text-piece.ts";

export interface EmbeddedQuery {
  /** As a collection compares it; undefined if nothing of it can be compared. */
  readonly query: Query | undefined;
  /** The share of the text, 0 to 1, that the vector represents. */
  readonly read: number;
  /** True if the model does not read the text, so that there is no vector. */
  readonly isUnread: boolean;
}

/** The parts of a query that its ranking compares. The text is embedded unless the caller gave a vector or ranks by words. */
export async function embeddedQuery(
  { query, ranking }: Pick<PlainSearch, "query" | "ranking">,
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<EmbeddedQuery> {
  const { text, vector, space } = query;
  if (ranking === "words") return { query: { text }, read: 1, isUnread: false };
  const compared = ranking === "meaning" ? undefined : text;
  if (vector || text === undefined) return { query: { text: compared, vector, space }, read: 1, isUnread: false };
  const { isRead, unread } = readingOfQuery(text, embedder.space);
  if (!isRead) return { query: compared === undefined ? undefined : { text }, read: 0, isUnread: true };
  const embedded = await embedder.embed([textPiece(text)], { signal });
  return { query: { text: compared, vector: embedded }, read: unread?.share ?? 1, isUnread: false };
}
