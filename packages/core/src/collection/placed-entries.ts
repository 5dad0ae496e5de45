import type { Fields } from "../entry.ts";
import { PipitError } from "../errors.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import type { StoredEntry } from "../ports/entry-store.ts";
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
    producer: entry.producer,
    provisional: entry.provisional,
  }));
}

function fieldsOf(directory: Directory, id: string): Fields {
  return directory.get(id)?.fields ?? {};
}

export function assertWhole(entry: EmbeddedEntry, dimensions: number): void {
  assertVectorsFit(entry, dimensions);
  assertTokensFit(entry);
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
