/**
 * rANS, the reading half (`train/coder.py` writes): static tables of 12-bit frequencies, renewal by 16-bit words. It departs
 * from the textbook in three places: the states stay below 2^31, so that all arithmetic is on small integers; each
 * value belongs to a class with a table of its own, which the caller names by position; and eight states take turns, so
 * that the processor works on one value while it waits for another.
 */
const BITS = 12;
const LOW = (1 << BITS) - 1;
const LOWEST = 1 << 15;
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

/**
 * Answers [rows, columns] symbols, each minus `bias`, as bytes. Reading past the end gives zeros, never an error: the
 * file's checksum was compared before.
 */
export function decodeRows(
  code: Uint16Array,
  tables: Tables,
  { groups, columns }: Layout,
  bias = 0,
): Int8Array<ArrayBuffer> {
  const slots = lookup(tables);
  const classes = Math.max(...columns) + 1;
  const out = new Int8Array(groups.length * columns.length);
  const states = Int32Array.from({ length: LANES }, (_, lane) => code[2 * lane]! | (code[2 * lane + 1]! << 16));
  let at = 2 * LANES;
  let i = 0;
  for (const group of groups) {
    const table = (group * classes) << BITS;
    for (let column = 0; column < columns.length; column++, i++) {
      const state = states[i & (LANES - 1)]!;
      const slot = slots[table + (columns[column]! << BITS) + (state & LOW)]!;
      const next = ((slot >>> BITS) & LOW) * (state >>> BITS) + (slot & LOW);
      states[i & (LANES - 1)] = next < LOWEST ? (next << 16) | code[at++]! : next;
      out[i] = (slot >>> 24) - bias;
    }
  }
  return out;
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
