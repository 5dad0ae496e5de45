import type { Passage, StoreChange, StoredEntry } from "@pipit/core";
import type { SqlRow, SqlValue } from "./sql-database.ts";

/** Columns of an entry as `entryValues` gives them and `readChange` reads them. A passage without a row is unread. */
export const ENTRY_COLUMNS = "id, text, fields, passages, vectors, producer, provisional";

export function entryValues(entry: StoredEntry): SqlValue[] {
  return [
    entry.id,
    entry.text,
    JSON.stringify(entry.fields),
    JSON.stringify([
      ...entry.passages.map(({ row, start, end }) => [row, start, end]),
      ...(entry.unread ?? []).map(({ start, end }) => [null, start, end]),
    ]),
    littleEndian(entry.vectors),
    entry.producer,
    entry.provisional ? 1 : 0,
  ];
}

export function readEntry(row: SqlRow): StoredEntry {
  const places = JSON.parse(row.passages as string) as [number | null, number, number][];
  const unread = places.flatMap(([row, start, end]) => (row === null ? [{ start, end }] : []));
  return {
    id: row.id as string,
    text: row.text as string,
    fields: JSON.parse(row.fields as string),
    passages: places.flatMap(([row, start, end]): Passage[] => (row === null ? [] : [{ row, start, end }])),
    vectors: readVectors(row.vectors),
    ...(unread.length > 0 ? { unread } : {}),
    producer: row.producer as string,
    provisional: row.provisional === 1,
  };
}

export function readChange(row: SqlRow): StoreChange {
  const sequence = row.sequence as number;
  if (row.gone === 1) return { kind: "remove", sequence, id: row.id as string };
  return { kind: "put", sequence, entry: readEntry(row) };
}

function littleEndian(vectors: Float32Array): Uint8Array {
  return new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
}

// Copied, because a blob may start at any offset, and D1 returns blobs as arrays of numbers.
function readVectors(blob: unknown): Float32Array {
  const bytes = new Uint8Array(blob as ArrayLike<number>);
  return new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
}
