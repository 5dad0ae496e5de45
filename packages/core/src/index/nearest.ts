import type { Neighbors } from "../ports/vector-index.ts";

/** Keeps the k nearest of the offered rows in a sorted array: k is small, and most offers are rejected by one comparison. */
export class Nearest {
  readonly #k: number;
  readonly #rows: number[] = [];
  readonly #distances: number[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  offer(row: number, distance: number): void {
    const rows = this.#rows;
    const distances = this.#distances;
    const full = distances.length === this.#k;
    if (full && !this.#beats(row, distance, distances.length - 1)) return;
    let at = full ? distances.length - 1 : distances.length;
    while (at > 0 && this.#beats(row, distance, at - 1)) {
      distances[at] = distances[at - 1]!;
      rows[at] = rows[at - 1]!;
      at--;
    }
    distances[at] = distance;
    rows[at] = row;
  }

  // Ties go to the smaller row, so that an answer does not depend on the order of insertion.
  #beats(row: number, distance: number, at: number): boolean {
    const other = this.#distances[at]!;
    return distance < other || (distance === other && row < this.#rows[at]!);
  }

  neighbors(): Neighbors {
    return { rows: Uint32Array.from(this.#rows), distances: Float32Array.from(this.#distances) };
  }
}
