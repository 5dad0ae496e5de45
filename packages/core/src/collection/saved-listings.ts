import { checksumOfPieces } from "../checksum.ts";
import { encodedLines, idIn, lineOf, linesOf } from "../encoded-lines.ts";
import type { Fields } from "../entry.ts";
import { Slices } from "../let-others-run.ts";
import type { Passage, UnreadPassage } from "../ports/entry-store.ts";
import { growingWords } from "../words/growing-numbers.ts";
import type { Listing } from "./listing.ts";
import { badSnapshot, type SavedSection, savedSection, viewOf } from "./snapshot-format.ts";

/**
 * The directory's section of a snapshot, little-endian:
 *
 *   u32 checksum of all that follows | u32 magic "PIPD" | u32 entries | u32 passages | u32 bytes of the ids' lines
 *   u32 of each entry twice its number of passages, and 1 more if it is provisional
 *   u32 of each passage its row, then its start, then its end
 *   the ids, each a line
 *   the fields of each entry as a line of JSON; with unread parts, an array of both
 */
const HEAD_BYTES = 20;
const MAGIC = 0x44504950;

/** True for a section of this layout. Older builds wrote lines of JSON. */
export function hasColumns(section: Uint8Array): boolean {
  return section.length >= HEAD_BYTES && viewOf(section).getUint32(4, true) === MAGIC;
}

export async function savedDirectory(listings: Iterable<Listing>): Promise<SavedSection> {
  const slices = new Slices();
  const [counts, rows, starts, ends] = [growingWords(), growingWords(), growingWords(), growingWords()];
  const [ids, details]: [string[], string[]] = [[], []];
  for (const { id, passages, unread, fields, provisional } of listings) {
    counts.push(2 * passages.length + Number(provisional));
    for (const { row, start, end } of passages) {
      rows.push(row);
      starts.push(start);
      ends.push(end);
    }
    ids.push(lineOf(id));
    details.push(JSON.stringify(unread === undefined ? fields : [fields, unread]));
    await slices.pause();
  }
  const lines = await encodedLines(ids);
  const columns = [counts, rows, starts, ends].map(({ used }) => bytesOf(used));
  const head = new Uint8Array(HEAD_BYTES);
  const idBytes = lines.reduce((sum, { length }) => sum + length, 0);
  for (const [i, number] of [MAGIC, ids.length, rows.length, idBytes].entries())
    viewOf(head).setUint32(4 * (i + 1), number, true);
  const pieces = [head, ...columns, ...lines, ...(await encodedLines(details))];
  viewOf(head).setUint32(0, await checksumOfPieces([head.subarray(4), ...pieces.slice(1)]), true);
  return savedSection(pieces);
}

/** Listings as a snapshot has them. Each is made of its columns when it is asked for. */
export class SavedListings {
  readonly ids: readonly string[];
  readonly rows: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #details: readonly string[];
  /** By entry the place of its first passage, and at the end the number of passages. */
  readonly #first: Uint32Array;

  /** Fails with `bad-snapshot` if anything in the section is not as it was written. */
  static async open(section: Uint8Array): Promise<SavedListings> {
    if (!hasColumns(section)) throw badSnapshot(`a directory of ${section.length} bytes`, "one with its head");
    if ((await checksumOfPieces([section.subarray(4)])) !== viewOf(section).getUint32(0, true))
      throw badSnapshot("a directory with another checksum", "the one written");
    try {
      return new SavedListings(section);
    } catch (error) {
      throw badSnapshot(error instanceof Error ? error.message : String(error), "a directory of columns");
    }
  }

  private constructor(section: Uint8Array) {
    const [entries, passages, idBytes] = [8, 12, 16].map((at) => viewOf(section).getUint32(at, true)) as [
      number,
      number,
      number,
    ];
    let at = HEAD_BYTES;
    const column = (length: number) => {
      const from = at;
      at += 4 * length;
      return wordsOf(section.subarray(from, at));
    };
    this.#counts = column(entries);
    this.rows = column(passages);
    this.#starts = column(passages);
    this.#ends = column(passages);
    this.ids = linesOf(section.subarray(at, at + idBytes), entries).map(idIn);
    this.#details = linesOf(section.subarray(at + idBytes), entries);
    this.#first = new Uint32Array(entries + 1);
    for (let i = 0; i < entries; i++) this.#first[i + 1] = this.#first[i]! + (this.#counts[i]! >>> 1);
    if (this.#first[entries] !== passages) throw new RangeError(`${this.#first[entries]} passages, not ${passages}`);
  }

  isProvisional(number: number): boolean {
    return (this.#counts[number]! & 1) === 1;
  }

  /** The rows of an entry. */
  rowsOf(number: number): Uint32Array {
    return this.rows.subarray(this.#first[number]!, this.#first[number + 1]!);
  }

  listing(number: number): Listing {
    const details: Fields | [Fields, UnreadPassage[]] = JSON.parse(this.#details[number]!);
    const [fields, unread] = Array.isArray(details) ? details : [details];
    const first = this.#first[number]!;
    const passages = Array.from(this.rowsOf(number), (row, i): Passage => {
      return { row, start: this.#starts[first + i]!, end: this.#ends[first + i]! };
    });
    return {
      id: this.ids[number]!,
      passages,
      ...(unread && { unread }),
      fields,
      provisional: this.isProvisional(number),
    };
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** A copy, so that it begins at a word of its memory, and keeps no more than itself. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
