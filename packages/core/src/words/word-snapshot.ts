import { checksumOfPieces } from "../checksum.ts";
import { encodedLines, idIn, lineOf, linesOf } from "../encoded-lines.ts";
import { PipitError } from "../errors.ts";
import { Slices } from "../let-others-run.ts";
import { growingBytes } from "./growing-numbers.ts";
import type { SavedPostings } from "./postings.ts";
import { VarintReader, writeVarint } from "./varints.ts";

/**
 * The words of all entries in one buffer, little-endian:
 *
 *   u32 magic "PIPW" | u32 version | u32 words | u32 entries | u32 units
 *   u32 bytes of each of the five parts | u32 checksum of this head, with 0 in its place, and of all that follows
 *   words in UTF-8, each with a line feed
 *   ids of the entries, each a line: as it is, or as JSON where that would differ by more than its quotes
 *   numbers as varints: of all entries their units; of all units the bytes of their sequences, then the words of their texts, then those of
 *   their fields; of all words the bytes of their postings, then the number of these
 *   sequences of the units, in the order of the entries
 *   postings of the words
 *
 * Postings could be made from the sequences. That takes longer than everything else that opening does, and they are half as large. Stems are
 * not stored, so that another stemmer needs no other snapshot. It is a cache of the store's texts: if anything in it is wrong, it is discarded.
 */
export interface SavedWords {
  readonly words: readonly string[];
  readonly entries: readonly SavedEntry[];
  readonly units: SavedUnits;
  readonly postings: SavedPostings;
}

export interface SavedEntry {
  readonly id: string;
  readonly units: number;
}

/** Columns of all units, in the order of the entries. */
export interface SavedUnits {
  /** The bytes of all sequences, one after another, and of each their number. */
  readonly sequences: Uint8Array;
  readonly sizes: Uint32Array;
  /** Words of the text, and of all fields. */
  readonly lengths: Uint32Array;
  readonly fieldLengths: Uint32Array;
}

const MAGIC = 0x57504950;
const VERSION = 3;
const PARTS = 5;
const CHECKSUM_AT = 4 * (5 + PARTS);
const HEAD_BYTES = CHECKSUM_AT + 4;
const AT_ONCE = 4096;

export async function savedWords({ words, entries, units, postings }: SavedWords): Promise<Uint8Array[]> {
  const slices = new Slices();
  const lines = entries.map(({ id }) => lineOf(id));
  const counted = Uint32Array.from(entries, ({ units }) => units);
  const columns = [counted, units.sizes, units.lengths, units.fieldLengths, postings.sizes, postings.counts];
  const parts = [
    await encodedLines(words),
    await encodedLines(lines),
    [await encodedColumns(columns, slices)],
    [units.sequences],
    [postings.bytes],
  ];
  const head = new Uint8Array(HEAD_BYTES);
  const counts = [MAGIC, VERSION, words.length, entries.length, units.sizes.length];
  for (const [i, number] of [...counts, ...parts.map(sizeOf)].entries()) view(head).setUint32(4 * i, number, true);
  const pieces = [head, ...parts.flat()];
  view(head).setUint32(CHECKSUM_AT, await checksumOfPieces(pieces), true);
  return pieces;
}

/** Fails with `bad-snapshot` on anything torn, foreign or of another version. */
export async function readSavedWords(bytes: Uint8Array): Promise<SavedWords> {
  if (bytes.length < HEAD_BYTES) throw badWords(`${bytes.length} bytes`, `at least ${HEAD_BYTES}`);
  const number = (i: number) => view(bytes).getUint32(4 * i, true);
  if (number(0) !== MAGIC) throw badWords("data that does not begin with PIPW", "saved words");
  if (number(1) !== VERSION) throw badWords(`v${number(1)}`, `v${VERSION}`);
  const parts = partsOf(bytes, number);
  // Not `slice`: of a Buffer that is no copy.
  const unsigned = Uint8Array.from(bytes.subarray(0, HEAD_BYTES));
  view(unsigned).setUint32(CHECKSUM_AT, 0, true);
  const sum = await checksumOfPieces([unsigned, bytes.subarray(HEAD_BYTES)]);
  if (sum !== view(bytes).getUint32(CHECKSUM_AT, true)) throw badWords("a checksum that differs", "the one written");
  try {
    return await readParts(parts, { words: number(2), entries: number(3), units: number(4) });
  } catch (error) {
    throw badWords(error instanceof Error ? error.message : String(error), "words, entries, units and postings");
  }
}

function partsOf(bytes: Uint8Array, number: (i: number) => number): Uint8Array[] {
  let end = HEAD_BYTES;
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const start = end;
    end += number(5 + part);
    return bytes.subarray(start, end);
  });
  if (end !== bytes.length) throw badWords(`${bytes.length} bytes`, `${end}`);
  return parts;
}

interface Counts {
  readonly words: number;
  readonly entries: number;
  readonly units: number;
}

async function readParts(parts: readonly Uint8Array[], counts: Counts): Promise<SavedWords> {
  const slices = new Slices();
  const [words, entries, numbers, sequences, bytes] = parts as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const reader = new VarintReader(numbers);
  const columns: Uint32Array[] = [];
  for (const length of [counts.entries, counts.units, counts.units, counts.units, counts.words, counts.words]) {
    columns.push(await readColumn(reader, length, slices));
  }
  const [unitsOf, sizes, lengths, fieldLengths, ofWords, postings] = columns as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  return {
    words: linesOf(words, counts.words),
    entries: linesOf(entries, counts.entries).map((line, i) => ({ id: idIn(line), units: unitsOf[i]! })),
    units: { sequences, sizes, lengths, fieldLengths },
    postings: { bytes, sizes: ofWords, counts: postings },
  };
}

async function readColumn(reader: VarintReader, length: number, slices: Slices): Promise<Uint32Array> {
  const column = new Uint32Array(length);
  for (let from = 0; from < length; from += AT_ONCE) {
    for (let i = from; i < Math.min(length, from + AT_ONCE); i++) column[i] = reader.next();
    await slices.pause();
  }
  return column;
}

async function encodedColumns(columns: readonly Uint32Array[], slices: Slices): Promise<Uint8Array> {
  const bytes = growingBytes();
  for (const column of columns) {
    for (const [i, number] of column.entries()) {
      writeVarint(bytes, number);
      if (i % AT_ONCE === 0) await slices.pause();
    }
  }
  return bytes.used;
}

const sizeOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function badWords(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Index the texts again; nothing is lost." });
}
