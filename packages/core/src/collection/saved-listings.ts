import { checksumOfPieces } from "../checksum.ts";
import { encodedLines, idIn, lineOf, linesOf } from "../encoded-lines.ts";
import type { Fields } from "../entry.ts";
import { Slices } from "../let-others-run.ts";
import type { Passage, StoredMedium, UnreadPassage } from "../ports/entry-store.ts";
import type { Locus } from "../ports/locus.ts";
import { rowsOf } from "../stored-rows.ts";
import { growingWords } from "../words/growing-numbers.ts";
import type { Listing } from "./listing.ts";
import { badSnapshot, type SavedSection, savedSection, viewOf } from "./snapshot-format.ts";

/**
 * The directory's section of a snapshot, little-endian:
 *
 *   u32 checksum of all that follows | u32 magic "PIPD" | u32 entries | u32 passages | u32 bytes of the ids' lines
 *   u32 of each entry twice its number of rows, and 1 more if it is provisional
 *   u32 of each row its number, then the start and then the end of its passage; both are 0 in further spaces
 *   the ids, each a line
 *   the fields of each entry as a line of JSON; with more to tell, an array of fields, unread parts, media and the parts in further spaces
 *
 * With rows in further spaces the magic is "PIPF", so that a build that does not know these makes the directory again.
 */
const HEAD_BYTES = 20;
const MAGIC = { texts: 0x44504950, further: 0x46504950 };

/** The parts in a further space, in the order of their rows, which follow those of the passages. */
type SavedFurther = readonly [space: string, loci: readonly Locus[]];
type Details = readonly [
  Fields,
  unread?: readonly UnreadPassage[] | null,
  media?: readonly StoredMedium[] | null,
  further?: readonly SavedFurther[],
];

/** True for a section of this layout. Older builds wrote lines of JSON. */
export function hasColumns(section: Uint8Array): boolean {
  return section.length >= HEAD_BYTES && Object.values(MAGIC).includes(viewOf(section).getUint32(4, true));
}

export async function savedDirectory(listings: Iterable<Listing>): Promise<SavedSection> {
  const slices = new Slices();
  const [counts, rows, starts, ends] = [growingWords(), growingWords(), growingWords(), growingWords()];
  const [ids, details]: [string[], string[]] = [[], []];
  let magic = MAGIC.texts;
  for (const listing of listings) {
    const own = rowsOf(listing);
    counts.push(2 * own.length + Number(listing.provisional));
    for (const [i, row] of own.entries()) {
      const { start, end } = listing.passages[i] ?? NOWHERE;
      rows.push(row);
      starts.push(start);
      ends.push(end);
    }
    if (listing.further) magic = MAGIC.further;
    ids.push(lineOf(listing.id));
    details.push(JSON.stringify(detailsOf(listing)));
    await slices.pause();
  }
  const lines = await encodedLines(ids);
  const columns = [counts, rows, starts, ends].map(({ used }) => bytesOf(used));
  const head = new Uint8Array(HEAD_BYTES);
  const idBytes = lines.reduce((sum, { length }) => sum + length, 0);
  for (const [i, number] of [magic, ids.length, rows.length, idBytes].entries())
    viewOf(head).setUint32(4 * (i + 1), number, true);
  const pieces = [head, ...columns, ...lines, ...(await encodedLines(details))];
  viewOf(head).setUint32(0, await checksumOfPieces([head.subarray(4), ...pieces.slice(1)]), true);
  return savedSection(pieces);
}

const NOWHERE = { start: 0, end: 0 };

function detailsOf({ fields, unread, media, further }: Listing): Fields | Details {
  const saved = further?.map(({ space, parts }): SavedFurther => [space, parts.map(({ locus }) => locus)]);
  if (saved) return [fields, unread ?? null, media ?? null, saved];
  if (media) return [fields, unread ?? null, media];
  return unread ? [fields, unread] : fields;
}

/** Listings as a snapshot has them. Each is made of its columns when it is asked for. */
export class SavedListings {
  readonly ids: readonly string[];
  readonly rows: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #details: readonly string[];
  readonly #hasFurther: boolean;
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
    this.#hasFurther = viewOf(section).getUint32(4, true) === MAGIC.further;
    this.#details = linesOf(section.subarray(at + idBytes), entries);
    this.#first = new Uint32Array(entries + 1);
    for (let i = 0; i < entries; i++) this.#first[i + 1] = this.#first[i]! + (this.#counts[i]! >>> 1);
    if (this.#first[entries] !== passages) throw new RangeError(`${this.#first[entries]} passages, not ${passages}`);
  }

  isProvisional(number: number): boolean {
    return (this.#counts[number]! & 1) === 1;
  }

  /** The number of an entry's passages with rows. */
  passagesOf(number: number): number {
    const rows = this.rowsOf(number).length;
    return this.#hasFurther && rows > 0 ? this.listing(number).passages.length : rows;
  }

  /** The rows of an entry, in all spaces. */
  rowsOf(number: number): Uint32Array {
    return this.rows.subarray(this.#first[number]!, this.#first[number + 1]!);
  }

  listing(number: number): Listing {
    const details: Fields | Details = JSON.parse(this.#details[number]!);
    const [fields, unread, media, saved = []] = isList(details) ? details : ([details] as const);
    const first = this.#first[number]!;
    const rows = this.rowsOf(number);
    const inFurther = saved.reduce((sum, [, loci]) => sum + loci.length, 0);
    const passages = Array.from(rows.subarray(0, rows.length - inFurther), (row, i): Passage => {
      return { row, start: this.#starts[first + i]!, end: this.#ends[first + i]! };
    });
    let at = passages.length;
    const further = saved.map(([space, loci]) => {
      return { space, parts: loci.map((locus) => ({ row: rows[at++]!, locus })) };
    });
    return {
      id: this.ids[number]!,
      passages,
      ...(unread && { unread }),
      ...(media && { media }),
      ...(further.length > 0 && { further }),
      fields,
      provisional: this.isProvisional(number),
    };
  }
}

function isList(details: Fields | Details): details is Details {
  return Array.isArray(details);
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** A copy, so that it begins at a word of its memory, and keeps no more than itself. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
