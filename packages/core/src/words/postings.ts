import { growingBytes, growingWords } from "./growing-numbers.ts";
import { PostingCursor } from "./posting-cursor.ts";

/** The list of each word, without the room in its slices. */
export interface SavedPostings {
  /** All lists, one after another. */
  readonly bytes: Uint8Array;
  /** Of each word the bytes of its list, and the number of its postings. */
  readonly sizes: Uint32Array;
  readonly counts: Uint32Array;
}

/** Bytes of the first slices of a word; later slices have the last size. Most words occur once or twice, some in every text. */
const SLICE_BYTES = [8, 16, 32, 64, 128, 256, 512];
const POINTER_BYTES = 4;
/** In place of the last unit of a word that was opened, until a further one is added. */
const UNKNOWN = 0xffff_ffff;

/** Where the list of a word begins, and its first slice ends; where the next byte is written, and that slice ends; and the size class of that. */
const [FIRST, FIRST_END, AT, END, LEVEL, LAST_UNIT, COUNT] = [0, 1, 2, 3, 4, 5, 6];
const FACTS = 7;

/**
 * For each word the units in which it occurs, with its frequencies, in rising order. A posting takes a varint of the distance to the former unit
 * and a flag. Unless the word occurs once, in the text, a varint of the frequency there and a flag follows, and with that the one in fields. All lists lie in one byte array, each in slices of growing size that end
 * with the position of the next, so that appending moves nothing and a rare word takes little. The first slice of a word that was opened is its
 * whole list, without room for a position after it.
 */
export class Postings {
  readonly #pool = growingBytes();
  /** What is known of each list, in `FACTS` numbers that lie together, since adding a posting needs most of them. */
  readonly #lists = growingWords();
  /** Lists whose facts are before this place were opened. Of those that got further postings, where the second slice begins. */
  #opened = 0;
  readonly #seconds = new Map<number, number>();
  /** A list of several slices that is read, in one piece: its slices are copied in less time than it takes to look for their ends at each byte. */
  readonly #joined = growingBytes();

  /** Opens what `saved` returned. Throws a RangeError if the lists are not as long as they say together. */
  static open({ bytes, sizes, counts }: SavedPostings): Postings {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total !== bytes.length) throw new RangeError(`lists of ${total} bytes in ${bytes.length}`);
    const postings = new Postings();
    postings.#pool.take(bytes.slice());
    const lists = new Uint32Array(sizes.length * FACTS);
    for (let [list, end] = [0, 0]; list < lists.length; list += FACTS) {
      const word = list / FACTS;
      lists[list + FIRST] = end;
      end += sizes[word]!;
      lists[list + FIRST_END] = lists[list + AT] = lists[list + END] = end;
      lists[list + LAST_UNIT] = UNKNOWN;
      lists[list + COUNT] = counts[word]!;
    }
    postings.#lists.take(lists);
    postings.#opened = lists.length;
    return postings;
  }

  /** A copy of all lists. */
  saved(): SavedPostings {
    const bytes = growingBytes();
    const sizes = new Uint32Array(this.#lists.length / FACTS);
    for (let word = 0; word < sizes.length; word++) {
      const before = bytes.length;
      for (const slice of this.#slicesOf(word)) bytes.append(slice);
      sizes[word] = bytes.length - before;
    }
    return { bytes: bytes.used, sizes, counts: sizes.map((_, word) => this.countOf(word)) };
  }

  countOf(word: number): number {
    return this.#lists.values[word * FACTS + COUNT]!;
  }

  get bytes(): number {
    return this.#pool.bytes + this.#lists.bytes;
  }

  /** Makes the list of a new word, numbered in the order of these calls. */
  addWord(): void {
    const start = this.#newSlice(0);
    this.#addList({ start, at: start, end: start + SLICE_BYTES[0]! - POINTER_BYTES });
  }

  /** `unit` is larger than that of every earlier posting of the word. */
  add(word: number, unit: number, text: number, fields: number): void {
    const list = word * FACTS;
    const gap = unit - this.#lastOf(word);
    this.#lists.values[list + LAST_UNIT] = unit;
    this.#lists.values[list + COUNT]!++;
    const isPlain = text === 1 && fields === 0;
    this.#writeVarint(list, gap * 2 + (isPlain ? 0 : 1));
    if (isPlain) return;
    this.#writeVarint(list, text * 2 + (fields > 0 ? 1 : 0));
    if (fields > 0) this.#writeVarint(list, fields);
  }

  #lastOf(word: number): number {
    const last = this.#lists.values[word * FACTS + LAST_UNIT]!;
    if (last !== UNKNOWN) return last;
    const postings = this.of(word);
    while (postings.next());
    return postings.unit;
  }

  /** The postings of a word. They are valid until those of another are asked for, or one is added. */
  of(word: number): PostingCursor {
    const list = word * FACTS;
    const facts = this.#lists.values;
    if (facts[list + LEVEL] === 0) return new PostingCursor(this.#pool.values, facts[list + FIRST]!, facts[list + AT]!);
    this.#joined.length = 0;
    for (const slice of this.#slicesOf(word)) this.#joined.append(slice);
    return new PostingCursor(this.#joined.values, 0, this.#joined.length);
  }

  /** A list whose first slice lies from `start` to `end`, and is written up to `at`. Returns where its facts are. */
  #addList({ start, at, end }: { start: number; at: number; end: number }): number {
    const list = this.#lists.length;
    for (const fact of [start, end, at, end, 0, 0, 0]) this.#lists.push(fact);
    return list;
  }

  *#slicesOf(word: number): Generator<Uint8Array<ArrayBuffer>> {
    const pool = this.#pool.values;
    const list = word * FACTS;
    const stop = this.#lists.values[list + AT]!;
    let start = this.#lists.values[list + FIRST]!;
    let end = this.#lists.values[list + FIRST_END]!;
    for (let level = 1; stop < start || stop > end; level++) {
      yield pool.subarray(start, end);
      start = level === 1 && list < this.#opened ? this.#seconds.get(list)! : readPointer(pool, end);
      end = start + SLICE_BYTES[Math.min(level, SLICE_BYTES.length - 1)]! - POINTER_BYTES;
    }
    yield pool.subarray(start, stop);
  }

  #writeVarint(list: number, value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#write(list, (rest % 128) | 128);
    this.#write(list, rest);
  }

  #write(list: number, byte: number): void {
    const lists = this.#lists.values;
    if (lists[list + AT] === lists[list + END]) this.#extend(list);
    this.#pool.values[lists[list + AT]!++] = byte;
  }

  #extend(list: number): void {
    const lists = this.#lists.values;
    const level = Math.min(lists[list + LEVEL]! + 1, SLICE_BYTES.length - 1);
    const start = this.#newSlice(level);
    if (list < this.#opened && lists[list + LEVEL] === 0) this.#seconds.set(list, start);
    else writePointer(this.#pool.values, lists[list + END]!, start);
    lists[list + LEVEL] = level;
    lists[list + AT] = start;
    lists[list + END] = start + SLICE_BYTES[level]! - POINTER_BYTES;
  }

  #newSlice(level: number): number {
    const start = this.#pool.length;
    this.#pool.reserve(SLICE_BYTES[level]!);
    this.#pool.length += SLICE_BYTES[level]!;
    return start;
  }
}

function writePointer(bytes: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < POINTER_BYTES; i++) bytes[at + i] = value >>> (8 * i);
}

function readPointer(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
