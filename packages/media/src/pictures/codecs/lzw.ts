const MOST_CODES = 4096;
const NONE = -1;

/**
 * Decodes GIF's form of LZW: codes of growing width, least bit first. Returns `length` symbols. Throws for codes that cannot be, and if
 * the data ends before.
 */
export function readLzw(data: Uint8Array, symbolBits: number, length: number): Uint8Array {
  if (symbolBits < 1 || symbolBits > 8) throw new RangeError(`symbols of ${symbolBits} bits`);
  const clear = 2 ** symbolBits;
  const end = clear + 1;
  const prefixes = new Int16Array(MOST_CODES);
  const suffixes = new Uint8Array(MOST_CODES);
  const turned = new Uint8Array(MOST_CODES + 1);
  const out = new Uint8Array(length);
  let [width, next, previous, first] = [symbolBits + 1, end + 1, NONE, 0];
  let [bits, count, at, to] = [0, 0, 0, 0];

  while (to < length) {
    while (count < width) {
      if (at === data.length) throw new RangeError(`the pixels end after ${to} of ${length}`);
      bits |= data[at]! << count;
      at += 1;
      count += 8;
    }
    const code = bits & (2 ** width - 1);
    bits >>>= width;
    count -= width;

    if (code === end) throw new RangeError(`the pixels end after ${to} of ${length}`);
    if (code === clear) {
      [width, next, previous] = [symbolBits + 1, end + 1, NONE];
      continue;
    }
    if (code > next || (code === next && previous === NONE) || (previous === NONE && code > end)) {
      throw new RangeError(`a code that was not made yet, ${code} of ${next}`);
    }
    // The code that is made by this very step: the previous symbols and the first of them again.
    let symbols = 0;
    let each = code;
    if (code === next) {
      turned[symbols] = first;
      symbols += 1;
      each = previous;
    }
    while (each > end) {
      turned[symbols] = suffixes[each]!;
      symbols += 1;
      each = prefixes[each]!;
    }
    first = each;
    turned[symbols] = first;
    for (let symbol = symbols; symbol >= 0 && to < length; symbol -= 1) {
      out[to] = turned[symbol]!;
      to += 1;
    }

    if (previous !== NONE && next < MOST_CODES) {
      prefixes[next] = previous;
      suffixes[next] = first;
      next += 1;
      if (next === 2 ** width && width < 12) width += 1;
    }
    previous = code;
  }
  return out;
}
