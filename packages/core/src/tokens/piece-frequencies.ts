/** What `PieceFrequencies` counted, to be stored and taken up again. */
export interface PieceCounts {
  readonly passages: number;
  /** Pairs of an id and the number of passages that have it. */
  readonly counts: readonly (readonly [id: number, passages: number])[];
}

/**
 * In how many passages of a collection each word piece occurs. It weighs the tokens of a query: a rare piece says more about
 * the passage that is asked for than "the".
 *
 * The counts are all that has to be kept: a passage's ids are needed only while it is added or removed, and then its text is at hand
 * and the tokenizer returns the same ids.
 */
export class PieceFrequencies {
  readonly #counts: Map<number, number>;
  #passages: number;

  constructor({ passages, counts }: PieceCounts = { passages: 0, counts: [] }) {
    this.#passages = passages;
    this.#counts = new Map(counts);
  }

  get passages(): number {
    return this.#passages;
  }

  /** In the order of the ids, so that equal collections have equal counts. */
  counts(): PieceCounts {
    return { passages: this.#passages, counts: [...this.#counts].sort(([a], [b]) => a - b) };
  }

  /** The ids of one passage, in any order. */
  add(ids: Iterable<number>): void {
    this.#passages += 1;
    for (const id of new Set(ids)) this.#counts.set(id, this.#of(id) + 1);
  }

  /** The ids of a passage that was added. */
  remove(ids: Iterable<number>): void {
    this.#passages -= 1;
    for (const id of new Set(ids)) {
      if (this.#of(id) > 1) this.#counts.set(id, this.#of(id) - 1);
      else this.#counts.delete(id);
    }
  }

  /** For each id its rarity, as BM25 has it: ln(1 + (N - n + .5) / (n + .5)), where n of N passages have the piece. */
  weightsOf(ids: readonly number[]): Float32Array<ArrayBuffer> {
    return Float32Array.from(ids, (id) => {
      const count = this.#of(id);
      return Math.log1p((this.#passages - count + 0.5) / (count + 0.5));
    });
  }

  #of(id: number): number {
    return this.#counts.get(id) ?? 0;
  }
}
