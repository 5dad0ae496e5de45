import { rowAt } from "@pipit/test/fixtures/seeded";

/**
 * The exact k nearest rows of some queries. The base is passed in chunks, so that it is never in memory as a whole.
 * Nearest first; among equal products the smaller row first, as long as chunks come in rising order.
 */
export class Truth {
  readonly k: number;
  readonly #queries: readonly Float32Array[];
  readonly #dimensions: number;
  readonly #best: Best[];

  constructor(queries: Float32Array, dimensions: number, k: number) {
    this.k = k;
    this.#dimensions = dimensions;
    this.#queries = Array.from({ length: queries.length / dimensions }, (_, i) => rowAt(queries, i, dimensions));
    this.#best = this.#queries.map(() => new Best(k));
  }

  /** Row-major vectors of the rows from `firstRow` on. */
  offer(firstRow: number, vectors: Float32Array): void {
    for (let from = 0; from < vectors.length / this.#dimensions; from += 64) {
      const block = vectors.subarray(from * this.#dimensions, (from + 64) * this.#dimensions);
      for (let query = 0; query < this.#queries.length; query++) this.#compare(query, firstRow + from, block);
    }
  }

  // Four rows per pass: each value of the query is loaded once for four products.
  #compare(query: number, firstRow: number, block: Float32Array): void {
    const d = this.#dimensions;
    const q = this.#queries[query]!;
    const best = this.#best[query]!;
    const rows = block.length / d;
    for (let row = 0; row < rows; row += 4) {
      const [a, b, c, e] = [
        row * d,
        Math.min(row + 1, rows - 1) * d,
        Math.min(row + 2, rows - 1) * d,
        Math.min(row + 3, rows - 1) * d,
      ];
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = 0; i < d; i++) {
        const x = q[i]!;
        s0 += x * block[a + i]!;
        s1 += x * block[b + i]!;
        s2 += x * block[c + i]!;
        s3 += x * block[e + i]!;
      }
      best.offer(firstRow + row, s0);
      if (row + 1 < rows) best.offer(firstRow + row + 1, s1);
      if (row + 2 < rows) best.offer(firstRow + row + 2, s2);
      if (row + 3 < rows) best.offer(firstRow + row + 3, s3);
    }
  }

  /** Row-major [queries, k]. Throws when fewer than k rows were offered. */
  rows(): Uint32Array {
    const out = new Uint32Array(this.#best.length * this.k);
    this.#best.forEach((best, query) => {
      if (best.count < this.k)
        throw new Error(`got ${best.count} rows, expected at least ${this.k}. Offer more rows, or ask for fewer.`);
      out.set(best.rows, query * this.k);
    });
    return out;
  }
}

/** The number of rows that are among the expected ones. */
export function countShared(rows: Uint32Array, expected: Uint32Array): number {
  const known = new Set(expected);
  return rows.reduce((count, row) => count + (known.has(row) ? 1 : 0), 0);
}

/** Sorted by falling product; most offers are below the last place. */
class Best {
  readonly rows: Uint32Array;
  readonly #products: Float64Array;
  count = 0;

  constructor(k: number) {
    this.rows = new Uint32Array(k);
    this.#products = new Float64Array(k).fill(Number.NEGATIVE_INFINITY);
  }

  offer(row: number, product: number): void {
    const products = this.#products;
    let at = products.length - 1;
    if (product <= products[at]!) return;
    for (; at > 0 && products[at - 1]! < product; at--) {
      products[at] = products[at - 1]!;
      this.rows[at] = this.rows[at - 1]!;
    }
    products[at] = product;
    this.rows[at] = row;
    this.count = Math.min(this.count + 1, products.length);
  }
}
