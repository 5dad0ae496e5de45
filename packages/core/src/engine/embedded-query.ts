import type { PlainSearch } from "../checks/check-search.ts";
import { throwIfAborted } from "../errors.ts";
import { holdsText } from "../held-text.ts";
import type { CollectionQuery, FurtherQuery } from "../ports/collection.ts";
import type { Embedder, TokenEmbedder } from "../ports/embedder.ts";
import { readingOfQuery } from "../prepare/split-by-reading.ts";
import { textPiece, withLineEnds } from "../prepare/text-piece.ts";
import { type MediaReaders, mediumQuery, textQuery } from "./embed-media.ts";

export interface EmbeddedQuery {
  /** As a collection compares it; undefined if nothing of it can be compared. */
  readonly query: CollectionQuery | undefined;
  /** The share of the text, 0 to 1, that the vector represents. */
  readonly read: number;
  /** True if the model does not read the text, so that there is no vector. */
  readonly isUnread: boolean;
  /** True if the text has no vector because there is no embedder yet. */
  readonly isEarly: boolean;
}

/**
 * The parts of a query that its ranking compares. The text is embedded unless the caller gave a vector, ranks by words, or there is no
 * embedder yet.
 */
export async function embeddedQuery(
  { query, ranking }: Pick<PlainSearch, "query" | "ranking">,
  embedder: Embedder | undefined,
  signal: AbortSignal | undefined,
): Promise<EmbeddedQuery> {
  const { text, vector, space } = query;
  const whole = { read: 1, isUnread: false, isEarly: false };
  if (ranking === "words") return { ...whole, query: { text } };
  const compared = ranking === "meaning" ? undefined : text;
  if (vector || text === undefined) {
    const hasOwn = vector !== undefined || text !== undefined;
    return { ...whole, query: hasOwn ? { text: compared, vector, space } : undefined };
  }
  if (!embedder) return { ...whole, query: { text }, isEarly: true };
  const spaced = withEmojiApart(text);
  const { isRead, unread } = readingOfQuery(spaced, embedder.space);
  if (!isRead) return { ...whole, query: compared === undefined ? undefined : { text }, read: 0, isUnread: true };
  const vectors = await vectorsOf(spaced, embedder, signal);
  return { ...whole, query: { text: compared, ...vectors }, read: unread?.share ?? 1 };
}

export interface FurtherQueries {
  readonly further: readonly FurtherQuery[];
  /** True if an embedder failed or is not loaded yet, so that nothing is compared in its space. */
  readonly isPartial: boolean;
}

interface FurtherReaders extends MediaReaders {
  /** Ids of the spaces in which parts have vectors. */
  readonly filled: readonly string[];
}

/**
 * What is compared in further spaces: the text or the medium of a query, by each embedder that reads it. A text is answered without those that
 * fail, and without those whose model is not loaded yet, which begins then: it has an answer without them.
 */
export async function furtherQueries(
  { query: { text, medium }, ranking }: Pick<PlainSearch, "query" | "ranking">,
  media: FurtherReaders,
  signal: AbortSignal | undefined,
): Promise<FurtherQueries> {
  if (medium) return { further: await mediumQuery(medium, media, signal), isPartial: false };
  if (text === undefined || ranking === "words" || !holdsText(text)) return { further: [], isPartial: false };
  const asked = media.embedders.filter(({ space }) => media.filled.includes(space.id));
  const found = await Promise.all(asked.map((embedder) => readyQuery(text, embedder, signal)));
  throwIfAborted(signal);
  return { further: found.flatMap((vectors) => vectors ?? []), isPartial: found.includes(undefined) };
}

/** Undefined if the embedder fails, or is not loaded yet. */
async function readyQuery(text: string, embedder: Embedder, signal: AbortSignal | undefined) {
  const piece = { modality: "text", text } as const;
  if (embedder.isLoaded !== false) return textQuery(piece, embedder, signal).catch(() => undefined);
  // It begins to load. A later question meets a failure of that again.
  textQuery(piece, embedder).catch(() => undefined);
  return undefined;
}

const EMOJI_EDGE =
  /(?<=[\p{L}\p{N}\p{M}])(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)(?=[\p{L}\p{N}])/gu;

/** To a model a word that touches an emoji is a word that it does not know. */
function withEmojiApart(text: string): string {
  return text.replace(EMOJI_EDGE, " ");
}

async function vectorsOf(
  text: string,
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<Pick<CollectionQuery, "vector" | "tokens">> {
  const { tokens } = embedder;
  if (!tokens) return { vector: await embedder.embed([textPiece(text)], { signal }) };
  const { vectors, tokens: floats } = await tokens.embed([textPiece(text)], "floats", { signal });
  const words = tokenRangesOf(tokens)(text).map(({ start, end }) => text.slice(start, end));
  return { vector: vectors, tokens: { space: tokens.space, vectors: floats, words } };
}

/** The words of a text's tokens as ranges of the text itself, which is embedded after some preprocessing. */
export function tokenRangesOf(tokens: TokenEmbedder): TokenEmbedder["ranges"] {
  return (text) => tokens.ranges(withLineEnds(text));
}
