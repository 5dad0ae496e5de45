/** Three rows of distances. They are used again for each pair of words: memory of its own for each would take most of the time. */
let rows = [0, 1, 2].map(() => new Uint8Array(64)) as [Uint8Array, Uint8Array, Uint8Array];

/**
 * The number of edits between two words (a letter put in, left out or replaced, two neighbours exchanged), or `most + 1` if there are
 * more than `most`. This is the restricted Damerau-Levenshtein distance, in UTF-16 units.
 */
export function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [start, endA, endB] = [0, a.length, b.length];
  while (start < endA && start < endB && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--;
    endB--;
  }
  if (start === endA || start === endB) return endA + endB - 2 * start;
  return distance(a.slice(start, endA), b.slice(start, endB), most);
}

/** Only places at most `most` off the diagonal are looked at: the way to any other takes more edits. */
function distance(a: string, b: string, most: number): number {
  const far = most + 1;
  let [before, last, row] = rowsOf(b.length + 2);
  for (let j = 0; j <= b.length; j++) last[j] = Math.min(j, far);
  for (let i = 1; i <= a.length; i++) {
    const [first, end] = [Math.max(1, i - most), Math.min(b.length, i + most)];
    let least = far;
    row[first - 1] = first === 1 ? Math.min(i, far) : far;
    for (let j = first; j <= end; j++) {
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && isExchanged(a, b, i, j)) edits = Math.min(edits, before[j - 2]! + 1);
      row[j] = Math.min(edits, far);
      least = Math.min(least, edits);
    }
    row[end + 1] = far;
    if (least > most) return far;
    [before, last, row] = [last, row, before];
  }
  return last[b.length]!;
}

function isExchanged(a: string, b: string, i: number, j: number): boolean {
  return a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
}

function rowsOf(length: number): typeof rows {
  if (rows[0].length < length) rows = [0, 1, 2].map(() => new Uint8Array(2 * length)) as typeof rows;
  return rows;
}

/** A bit for each letter of a word. An edit adds one of them at most, and takes one at most, which rules out most words without comparing letters. */
export function lettersOf(word: string): number {
  let letters = 0;
  for (let i = 0; i < word.length; i++) letters |= 1 << (word.charCodeAt(i) & 31);
  return letters >>> 0;
}

export function mayBeWithin(a: number, b: number, edits: number): boolean {
  let [added, taken] = [b & ~a, a & ~b];
  for (let i = 0; i < edits; i++) {
    added &= added - 1;
    taken &= taken - 1;
  }
  return (added | taken) === 0;
}
