import {
  type EntryText,
  type Fields,
  type FurtherVectors,
  type Passage,
  PipitError,
  type StoreChange,
  type StoredEntry,
  type StoredMedium,
} from "@pipit/core";
import { bytesOf, type SqlRow, type SqlValue } from "./sql-database.ts";
import { readTokenBlob, writeTokenBlob } from "./token-blob.ts";

/**
 * Columns of an entry, in the order of `entryValues` and `readChange`. `passages` is a list of [row, start, end], of which one without a row is
 * unread. With media it is an object (`Places`), and `vectors` has those of further spaces after the passages' own.
 */
export const ENTRY_COLUMNS = "id, text, fields, passages, vectors, producer, provisional, tokens";
interface Places {
  readonly passages: readonly Place[];
  readonly media: readonly StoredMedium[];
  readonly further?: readonly PlacedVectors[];
}

type Place = readonly [row: number | null, start: number, end: number];

/** Vectors in a further space, without their values. */
interface PlacedVectors extends Omit<FurtherVectors, "vectors"> {
  /** The number of their values. */
  readonly values: number;
}

/** Columns that name a row: its collection and sequence. */
const OTHER_BYTES = 2048;
/** Columns of `readText`. SQLite does not read the pages of later columns in a row. */
export const TEXT_COLUMNS = "id, text, fields, passages";

/** Token vectors are left out if the row would exceed `mostBytes` with them: an entry is found without them, too. */
export function entryValues(entry: StoredEntry, mostBytes = Number.POSITIVE_INFINITY): SqlValue[] {
  const values = valuesOf(entry);
  const tokens = entry.tokens ? writeTokenBlob(entry.tokens, entry.passages) : null;
  return [...values, bytesOf([...values, tokens]) + OTHER_BYTES <= mostBytes ? tokens : null];
}

function valuesOf(entry: StoredEntry): SqlValue[] {
  return [
    entry.id,
    entry.text,
    JSON.stringify(entry.fields),
    JSON.stringify(placesOf(entry)),
    vectorBytes(entry),
    entry.producer,
    entry.provisional ? 1 : 0,
  ];
}

function placesOf({ passages, unread = [], media, further }: StoredEntry): readonly Place[] | Places {
  const places: Place[] = [
    ...passages.map(({ row, start, end }) => [row, start, end] as const),
    ...unread.map(({ start, end }) => [null, start, end] as const),
  ];
  if (!media && !further) return places;
  const placed = further?.map(({ vectors, ...own }) => ({ ...own, values: vectors.length }));
  return { passages: places, media: media ?? [], ...(placed && { further: placed }) };
}

function vectorBytes({ vectors, further }: StoredEntry): Uint8Array {
  if (!further) return littleEndian(vectors);
  const all = new Float32Array(further.reduce((sum, own) => sum + own.vectors.length, vectors.length));
  let at = 0;
  for (const part of [vectors, ...further.map((own) => own.vectors)]) {
    all.set(part, at);
    at += part.length;
  }
  return littleEndian(all);
}

/** Fails with `storage-failed` if the row differs from any row that this store writes. */
export function readEntry(row: SqlRow): StoredEntry {
  return whole(row, () => {
    const places = placesIn(json(row.passages));
    const text = textOf(row, places);
    return {
      ...text,
      ...vectorsOf(row, places),
      ...tokensOf(row, text),
      producer: checkedText(row.producer),
      provisional: row.provisional === 1,
    };
  });
}

/** A row of `TEXT_COLUMNS`. Fails as `readEntry` does. */
export function readText(row: SqlRow): EntryText {
  return whole(row, () => textOf(row, placesIn(json(row.passages))));
}

function whole<T>(row: SqlRow, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw damagedEntry(row.id, error);
  }
}

function textOf(row: SqlRow, { passages: places, media }: Places): EntryText {
  const unread = places.flatMap(([row, start, end]) => (row === null ? [{ start, end }] : []));
  return {
    id: checkedText(row.id),
    text: checkedText(row.text),
    fields: fieldsIn(json(row.fields)),
    passages: places.flatMap(([row, start, end]): Passage[] => (row === null ? [] : [{ row, start, end }])),
    ...(unread.length > 0 ? { unread } : {}),
    ...(media.length > 0 ? { media } : {}),
  };
}

/** The vectors of passages come first, then those in further spaces. */
function vectorsOf(row: SqlRow, { further = [] }: Places): Pick<StoredEntry, "vectors" | "further"> {
  const all = readVectors(row.vectors);
  let at = all.length - further.reduce((sum, { values }) => sum + values, 0);
  if (at < 0) throw new TypeError("vectors without their values");
  const vectors = further.length > 0 ? all.slice(0, at) : all;
  const own = further.map(({ values, ...placed }): FurtherVectors => {
    at += values;
    return { ...placed, vectors: all.slice(at - values, at) };
  });
  return own.length > 0 ? { vectors, further: own } : { vectors };
}

function tokensOf({ tokens: blob }: SqlRow, { passages }: EntryText): Pick<StoredEntry, "tokens"> {
  const tokens = blob === null ? undefined : readTokenBlob(bytesIn(blob), passages);
  return tokens ? { tokens } : {};
}

export function readChange(row: SqlRow): StoreChange {
  const sequence = row.sequence as number;
  if (row.gone === 1) return { kind: "remove", sequence, id: row.id as string };
  return { kind: "put", sequence, entry: readEntry(row) };
}

function littleEndian(vectors: Float32Array): Uint8Array {
  return new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
}

function readVectors(blob: unknown): Float32Array {
  const bytes = bytesIn(blob);
  return new Float32Array(bytes.buffer, 0, bytes.byteLength >> 2);
}

// Copied, because a blob may start at any offset, and D1 returns blobs as arrays of numbers.
function bytesIn(blob: unknown): Uint8Array<ArrayBuffer> {
  if (typeof blob !== "object" || blob === null) throw new TypeError("vectors that are no bytes");
  return new Uint8Array(blob as ArrayLike<number>);
}

function json(text: unknown): unknown {
  return JSON.parse(checkedText(text));
}

function checkedText(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a text that is none");
  return value;
}

function placesIn(value: unknown): Places {
  const places: Partial<Places> | null = Array.isArray(value)
    ? { passages: value, media: [] }
    : (value as Places | null);
  const { passages, media, further = [] } = places ?? {};
  if (!Array.isArray(passages) || !passages.every(isPlace)) throw new TypeError("passages without places");
  if (!Array.isArray(media) || !media.every(isMedium)) throw new TypeError("media without digests");
  if (!Array.isArray(further) || !further.every(isPlaced)) throw new TypeError("vectors without their places");
  return { passages, media, further };
}

function isMedium(value: unknown): boolean {
  const { digest, type, size } = (value ?? {}) as Partial<StoredMedium>;
  return typeof digest === "string" && typeof type === "string" && isCount(size);
}

function isPlaced(value: unknown): boolean {
  const { space, producer, parts, values } = (value ?? {}) as Partial<PlacedVectors>;
  const isText = typeof space === "string" && typeof producer === "string";
  return isText && isCount(values) && Array.isArray(parts) && parts.every(({ row }) => isCount(row));
}

function isPlace(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [row, start, end] = value;
  return (row === null || isCount(row)) && isCount(start) && isCount(end);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function fieldsIn(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("fields that are none");
  return value as Fields;
}

function damagedEntry(id: unknown, cause: unknown): PipitError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PipitError("storage-failed", {
    got: `the stored entry ${JSON.stringify(id)}, which is damaged (${why})`,
    expected: "the entry as it was written",
    do: "Restore the database from a backup.",
    cause,
  });
}
