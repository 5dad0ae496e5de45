/**
 * rANS, the reading half (`train/coder.py` writes): static tables of 12-bit frequencies, renewal by 16-bit words. It departs
 * from the textbook in three places: the states stay below 2^31, so that all arithmetic is on small integers; each
 * value belongs to a class with a table of its own, which the caller names by position; and eight states take turns, so
 * that the processor works on one value while it waits for another.
 */
const BITS = 12;
const LOW = (1 << BITS) - 1;
const LOWEST = 1 << 15;
const WORD = 16;
const LANES = 8;

export interface Tables {
  /** Values a table tells apart; at most 256. */
  readonly symbols: number;
  /** [tables, symbols], each row summing to 4096, none above 4095. */
  readonly frequencies: Uint16Array;
}

/** How a matrix of values is divided among the tables: value (row, column) has table `groups[row] * classes + columns[column]`. */
export interface Layout {
  readonly groups: Uint8Array;
  readonly columns: Uint8Array;
}

export interface Coded {
  readonly code: Uint16Array;
  readonly tables: Tables;
  readonly layout: Layout;
  /** Taken from every symbol. */
  readonly bias: number;
}

/** A run of rows that was coded by itself: [first, last), its states and words from word `at` of the code. */
export interface Block {
  readonly at: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Makes a reader that decodes a block into its rows of `out`, [rows, columns]. Blocks begin at whole turns of the lanes. Reading
 * past the end gives zeros, never an error: the file's checksum was compared before.
 */
export function blockReader({ code, tables, layout, bias }: Coded, out: Int8Array): (block: Block) => void {
  const { groups, columns } = layout;
  const classes = Math.max(...columns) + 1;
  const starts = Int32Array.from(columns, (column) => column << BITS);
  const stream: Stream = { code, at: 0, states: new Int32Array(LANES), slots: lookup(tables), starts, out };
  return ({ at, first, last }) => {
    for (let lane = 0; lane < LANES; lane++)
      stream.states[lane] = code[at + 2 * lane]! | (code[at + 2 * lane + 1]! << 16);
    stream.at = at + 2 * LANES;
    for (let row = first; row < last; row++) decodeRow(stream, row, (groups[row]! * classes) << BITS);
    for (let i = first * columns.length; i < last * columns.length; i++) out[i]! -= bias;
  };
}

interface Stream {
  readonly code: Uint16Array;
  /** The next word of `code`. */
  at: number;
  readonly states: Int32Array;
  readonly slots: Int32Array;
  /** [columns]: where the slots of a column's class begin, from those of its row's group. */
  readonly starts: Int32Array;
  readonly out: Int8Array;
}

// A function of its own, so that the engine has it optimized after some thousand rows instead of in the middle of one loop.
function decodeRow(stream: Stream, row: number, table: number): void {
  const { code, states, slots, starts, out } = stream;
  let at = stream.at;
  let i = row * starts.length;
  for (let column = 0; column < starts.length; column++, i++) {
    const state = states[i & (LANES - 1)]!;
    const slot = slots[table + starts[column]! + (state & LOW)]!;
    const next = (Math.imul((slot >>> BITS) & LOW, state >>> BITS) + (slot & LOW)) | 0;
    // All ones when the state is to be renewed. A branch here is guessed wrong so often that it doubles the time.
    const renew = (next - LOWEST) >> 31;
    states[i & (LANES - 1)] = (next << (renew & WORD)) | (code[at]! & renew);
    at -= renew;
    out[i] = slot >>> 24;
  }
  stream.at = at;
}

/** For each slot of each class, in one number: symbol << 24 | frequency << 12 | distance from the symbol's first slot. */
function lookup({ symbols, frequencies }: Tables): Int32Array {
  const slots = new Int32Array((frequencies.length / symbols) << BITS);
  let at = 0;
  frequencies.forEach((frequency, i) => {
    for (let k = 0; k < frequency; k++, at++) slots[at] = ((i % symbols) << 24) | (frequency << BITS) | k;
  });
  return slots;
}
