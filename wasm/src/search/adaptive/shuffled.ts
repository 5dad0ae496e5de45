import { Random } from "../truth/random.ts";

const SEED = 1;

/** The rows in random order, the same each time (Fisher and Yates, in place): the first of them are a sample of all. */
export function shuffled(rows: Uint32Array): Uint32Array {
  const random = new Random(SEED);
  for (let i = rows.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [rows[i], rows[other]] = [rows[other]!, rows[i]!];
  }
  return rows;
}

/** The rows in random order, but one of the first `early` rows and one of the others alternate as long as there are both. */
export function evenlyShuffled(rows: Uint32Array, early: number): Uint32Array {
  const [one, other] = [shuffled(rows.slice(0, early)), shuffled(rows.slice(early))];
  const both = Math.min(one.length, other.length);
  const mixed = new Uint32Array(rows.length);
  for (let i = 0; i < both; i++) {
    mixed[2 * i] = one[i]!;
    mixed[2 * i + 1] = other[i]!;
  }
  mixed.set(one.subarray(both), 2 * both);
  mixed.set(other.subarray(both), both + one.length);
  return mixed;
}
