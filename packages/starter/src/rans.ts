/**
 * rANS, the decoder (`train/coder.py` is the encoder): static tables of 12-bit frequencies, renewal by 16-bit words. It differs
 * from the textbook in three points: the states stay below 2^31, so that all arithmetic is on small integers; each
 * value belongs to a class with a table of its own, which the caller names by position; and eight states alternate, so
 * that the processor works on one value while it waits for another.
 */
const BITS = 12;
const LOW = (1 << BITS) - 1;
const LOWEST = 1 << 15;
const WORD = 16;
const LANES = 8;

export interface Tables {
  /** The number of values that a table distinguishes; at most 256. */
  readonly symbols: number;
  /** [tables, symbols], each row summing to 4096, none above 4095. */
  readonly frequencies: Uint16Array;
}

/** The division of a matrix of values among the tables: value (row, column) has table `groups[row] * classes + columns[column]`. */
export interface Layout {
  readonly groups: Uint8Array;
  readonly columns: Uint8Array;
}

export interface Coded {
  readonly code: Uint16Array;
  readonly tables: Tables;
  readonly layout: Layout;
  /** Subtracted from every symbol. */
  readonly bias: number;
}

/** A run of rows that was coded separately; decoded up to the last requested row. */
export interface Block {
  /** The next row to decode. */
  next: number;
  /** The position of the next word of the code: initially the block's first word, which holds its states. */
  at: number;
  /** Undefined before the first row. */
  states: Int32Array | undefined;
}

/** The block with the first row `first`, whose code begins at word `at`. */
export function blockOf(first: number, at: number): Block {
  return { next: first, at, states: undefined };
}

/**
 * Makes a reader that decodes a block's rows before `end` into those of `out`, [rows, columns], and continues from there when
 * later rows are requested. Rows begin at full cycles of the lanes. Reading past the end gives zeros, never an error: the
 * file's checksum was compared before.
 */
export function blockReader(
  { code, tables, layout, bias }: Coded,
  out: Int8Array,
): (block: Block, end: number) => void {
  const { groups, columns } = layout;
  const classes = columns.reduce((most, column) => Math.max(most, column), 0) + 1;
  const starts = Int32Array.from(columns, (column) => column << BITS);
  const stream: Stream = { code, at: 0, states: new Int32Array(LANES), slots: lookup(tables, bias), starts, out };
  return (block, end) => {
    enter(stream, block);
    for (; block.next < end; block.next++) decodeRow(stream, block.next, (groups[block.next]! * classes) << BITS);
    block.at = stream.at;
  };
}

function enter(stream: Stream, block: Block): void {
  const { code } = stream;
  block.states ??= Int32Array.from({ length: LANES }, () => code[block.at++]! | (code[block.at++]! << 16));
  stream.states = block.states;
  stream.at = block.at;
}

interface Stream {
  readonly code: Uint16Array;
  /** The next word of `code`. */
  at: number;
  /** The states of the block that is being decoded. */
  states: Int32Array;
  readonly slots: Int32Array;
  /** [columns]: the offset of the slots of a column's class from those of its row's group. */
  readonly starts: Int32Array;
  readonly out: Int8Array;
}

// A function of its own, so that the JavaScript engine optimizes it after some thousand rows instead of in the middle of one loop.
function decodeRow(stream: Stream, row: number, table: number): void {
  const { code, states, slots, starts, out } = stream;
  let at = stream.at;
  let i = row * starts.length;
  for (let column = 0; column < starts.length; column++, i++) {
    const state = states[i & (LANES - 1)]!;
    const slot = slots[table + starts[column]! + (state & LOW)]!;
    const next = (Math.imul((slot >>> BITS) & LOW, state >>> BITS) + (slot & LOW)) | 0;
    // All ones if the state must be renewed. A branch here is predicted wrong so often that it doubles the time.
    const renew = (next - LOWEST) >> 31;
    states[i & (LANES - 1)] = (next << (renew & WORD)) | (code[at]! & renew);
    at -= renew;
    out[i] = slot >> 24;
  }
  stream.at = at;
}

/** For each slot of each class, in one number: value << 24 | frequency << 12 | distance from the value's first slot. */
function lookup({ symbols, frequencies }: Tables, bias: number): Int32Array {
  const slots = new Int32Array((frequencies.length / symbols) << BITS);
  let at = 0;
  for (let i = 0; i < frequencies.length; i++) {
    const frequency = frequencies[i]!;
    const head = (((i % symbols) - bias) << 24) | (frequency << BITS);
    for (let k = 0; k < frequency; k++) slots[at++] = head | k;
  }
  return slots;
}
