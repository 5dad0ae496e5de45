import { Random } from "../truth/random.ts";

const SEED = 1;

/** In an order of chance, the same each time (Fisher and Yates, in place): the first of them are a sample of all. */
export function shuffled(rows: Uint32Array): Uint32Array {
  const random = new Random(SEED);
  for (let i = rows.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [rows[i], rows[other]] = [rows[other]!, rows[i]!];
  }
  return rows;
}
