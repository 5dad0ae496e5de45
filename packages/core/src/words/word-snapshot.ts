import { checksumOfPieces } from "../checksum.ts";
import { PipitError } from "../errors.ts";
import { joinedBytes } from "../joined-bytes.ts";
import { Slices } from "../let-others-run.ts";

/**
 * The words of all entries in one buffer, little-endian:
 *
 *   u32 magic "PIPW" | u32 version | u32 words | u32 bytes of words | u32 entries | u32 bytes of entries | u32 bytes of sequences
 *   u32 checksum of this head, with 0 in its place, and of all that follows
 *   words in UTF-8, each with a line feed | entries, each a line of JSON: [id, units] | sequences of the units, in the order of the entries
 *
 * Postings are not stored: they are made from the sequences, which is fast, and they would take as much room again. Neither are
 * stems, so that another stemmer needs no other snapshot. It is a cache of the store's texts: if anything in it is wrong, it is
 * discarded.
 */
export interface SavedWords {
  readonly words: readonly string[];
  readonly entries: readonly SavedEntry[];
  readonly sequences: Uint8Array;
}

export interface SavedEntry {
  readonly id: string;
  readonly units: number;
}

export interface WordsToSave {
  readonly words: readonly string[];
  readonly entries: Iterable<SavedEntry>;
  /** The bytes of each unit, in the order of the entries. */
  readonly sequences: Iterable<Uint8Array>;
}

const MAGIC = 0x57504950;
const VERSION = 1;
const HEAD_BYTES = 32;
const CHECKSUM_AT = 28;
const AT_ONCE = 4096;

export async function savedWords({ words, entries, sequences }: WordsToSave): Promise<Uint8Array[]> {
  const slices = new Slices();
  const wordBytes = await encodedLines(words, slices);
  let count = 0;
  const lines = function* () {
    for (const { id, units } of entries) {
      count++;
      yield JSON.stringify([id, units]);
    }
  };
  const entryBytes = await encodedLines(lines(), slices);
  const units = [...sequences];
  const head = new Uint8Array(HEAD_BYTES);
  const numbers = [MAGIC, VERSION, words.length, sizeOf(wordBytes), count, sizeOf(entryBytes), sizeOf(units)];
  for (const [i, number] of numbers.entries()) view(head).setUint32(4 * i, number, true);
  const pieces = [head, ...wordBytes, ...entryBytes, ...joined(units)];
  view(head).setUint32(CHECKSUM_AT, await checksumOfPieces(pieces), true);
  return pieces;
}

/** Fails with `bad-snapshot` on anything torn, foreign or of another version. The sequences are checked when they are read. */
export async function readSavedWords(bytes: Uint8Array): Promise<SavedWords> {
  const slices = new Slices();
  if (bytes.length < HEAD_BYTES) throw badWords(`${bytes.length} bytes`, `at least ${HEAD_BYTES}`);
  const head = view(bytes);
  const number = (i: number) => head.getUint32(4 * i, true);
  if (number(0) !== MAGIC) throw badWords("data that does not begin with PIPW", "saved words");
  if (number(1) !== VERSION) throw badWords(`v${number(1)}`, `v${VERSION}`);
  const [entriesAt, sequencesAt] = [HEAD_BYTES + number(3), HEAD_BYTES + number(3) + number(5)];
  const end = sequencesAt + number(6);
  if (end !== bytes.length) throw badWords(`${bytes.length} bytes`, `${end}`);
  // Not `slice`: of a Buffer that is no copy.
  const unsigned = Uint8Array.from(bytes.subarray(0, HEAD_BYTES));
  view(unsigned).setUint32(CHECKSUM_AT, 0, true);
  const sum = await checksumOfPieces([unsigned, bytes.subarray(HEAD_BYTES)]);
  if (sum !== head.getUint32(CHECKSUM_AT, true)) throw badWords("a checksum that differs", "the one written");
  try {
    const words = linesOf(bytes.subarray(HEAD_BYTES, entriesAt), number(2));
    const entries: SavedEntry[] = [];
    for (const line of linesOf(bytes.subarray(entriesAt, sequencesAt), number(4))) {
      const [id, units] = JSON.parse(line) as [string, number];
      entries.push({ id, units });
      await slices.pause();
    }
    return { words, entries, sequences: bytes.subarray(sequencesAt) };
  } catch (error) {
    throw badWords(error instanceof Error ? error.message : String(error), "lines of words and entries");
  }
}

async function encodedLines(lines: Iterable<string>, slices: Slices): Promise<Uint8Array[]> {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let waiting: string[] = [];
  for (const line of lines) {
    if (waiting.push(line) < AT_ONCE) continue;
    pieces.push(encoder.encode(`${waiting.join("\n")}\n`));
    waiting = [];
    await slices.pause();
  }
  if (waiting.length > 0) pieces.push(encoder.encode(`${waiting.join("\n")}\n`));
  return pieces;
}

function linesOf(bytes: Uint8Array, count: number): string[] {
  const lines = new TextDecoder("utf-8", { fatal: true }).decode(bytes).split("\n");
  if (lines.length !== count + 1) throw new RangeError(`${lines.length - 1} lines, not ${count}`);
  lines.pop();
  return lines;
}

/** Units are some hundred bytes each: pieces of them alone would cost more than their bytes. */
function* joined(units: readonly Uint8Array[]): Generator<Uint8Array> {
  for (let at = 0; at < units.length; at += AT_ONCE) {
    const part = units.slice(at, at + AT_ONCE);
    yield joinedBytes(part, sizeOf(part));
  }
}

const sizeOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function badWords(got: string, expected: string): PipitError {
  return new PipitError("bad-snapshot", { got, expected, do: "Index the texts again; nothing is lost." });
}
