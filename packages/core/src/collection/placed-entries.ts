import type { Fields } from "../entry.ts";
import { PipitError } from "../errors.ts";
import type { EmbeddedEntry, EmbeddedParts } from "../ports/collection.ts";
import type { FurtherVectors, StoredEntry } from "../ports/entry-store.ts";
import { whyNotStoredTokens } from "../stored-tokens.ts";
import { assertUnitVectors } from "../vector.ts";
import type { Directory } from "./directory.ts";

/** Entries with rows from `firstRow` on. An entry without fields keeps its stored ones. */
export function placedEntries(
  entries: readonly EmbeddedEntry[],
  directory: Directory,
  firstRow: number,
): StoredEntry[] {
  let row = firstRow;
  return entries.map((entry) => ({
    id: entry.id,
    text: entry.text,
    fields: entry.fields ?? fieldsOf(directory, entry.id),
    passages: entry.passages.map(({ start, end }) => ({ row: row++, start, end })),
    vectors: entry.vectors,
    ...(entry.tokens ? { tokens: entry.tokens } : {}),
    ...(entry.unread?.length ? { unread: entry.unread } : {}),
    ...(entry.media?.length ? { media: entry.media.map(({ bytes: _, ...medium }) => medium) } : {}),
    ...(entry.further?.length ? { further: entry.further.map((vectors) => placedVectors(vectors, () => row++)) } : {}),
    producer: entry.producer,
    provisional: entry.provisional,
  }));
}

/** What a stored entry has beside its text, as it is embedded. */
export function keptMedia({ media, further }: StoredEntry): Pick<EmbeddedEntry, "media" | "further"> {
  return {
    media,
    further: further?.map((vectors) => ({ ...vectors, parts: vectors.parts.map(({ locus }) => locus) })),
  };
}

function placedVectors({ parts, ...vectors }: EmbeddedParts, nextRow: () => number): FurtherVectors {
  return { ...vectors, parts: parts.map((locus) => ({ row: nextRow(), locus })) };
}

function fieldsOf(directory: Directory, id: string): Fields {
  return directory.get(id)?.fields ?? {};
}

/** What the vectors of an entry must be like: the dimensions of the store's space, and those of further spaces by id. */
export interface SpaceSizes {
  readonly dimensions: number;
  readonly further: ReadonlyMap<string, number>;
}

export function assertWhole(entry: EmbeddedEntry, { dimensions, further }: SpaceSizes): void {
  assertVectorsFit(entry, dimensions);
  assertTokensFit(entry);
  for (const vectors of entry.further ?? []) assertFurtherFit(entry, vectors, further.get(vectors.space));
}

function assertFurtherFit(
  { id, media = [] }: EmbeddedEntry,
  { space, parts, vectors }: EmbeddedParts,
  dimensions?: number,
): void {
  if (dimensions === undefined) throw unknownSpace(id, space);
  const rows = assertUnitVectors(vectors, dimensions);
  const isPlaced = parts.every((locus) => locus.modality === "text" || locus.medium < media.length);
  if (rows === parts.length && isPlaced) return;
  throw new PipitError("bad-input", {
    got: `entry ${JSON.stringify(id)} with ${parts.length} parts of ${media.length} media and ${rows} vectors in space ${space}`,
    expected: "one vector a part, and the media that the parts are of",
    do: "Embed every part.",
  });
}

function unknownSpace(id: string, space: string): PipitError {
  return new PipitError("space-mismatch", {
    got: `entry ${JSON.stringify(id)} with vectors of space ${space}`,
    expected: "vectors of the collection's spaces",
    do: "Open the collection with this space too, or leave these vectors out.",
  });
}

function assertVectorsFit({ id, passages, vectors, unread = [] }: EmbeddedEntry, dimensions: number): void {
  const rows = assertUnitVectors(vectors, dimensions);
  if (rows === passages.length && rows + unread.length > 0) return;
  throw new PipitError("bad-input", {
    got: `entry ${JSON.stringify(id)} with ${passages.length} passages and ${rows} vectors`,
    expected: "one vector a passage, and at least one passage, read or unread",
    do: "Embed every passage.",
  });
}

function assertTokensFit({ id, passages, tokens }: EmbeddedEntry): void {
  const why = tokens && whyNotStoredTokens(tokens, passages.length);
  if (!why) return;
  throw new PipitError("bad-input", {
    got: `entry ${JSON.stringify(id)} with ${why}`,
    expected: "token vectors of every passage, each of as many bytes",
    do: "Store the token vectors that were made with these passages, or none.",
  });
}
