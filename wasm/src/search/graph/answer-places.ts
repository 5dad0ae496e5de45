interface Asking {
  readonly dimensions: number;
  readonly queries: number;
  /** Hits an answer may have. */
  readonly wanted: number;
}

const ANSWER_HEAD = 12;

/**
 * Where the queries of one turn and their answers lie, in bytes from where they are staged: the queries, then from the next
 * multiple of 16 the answers. `assembly/search/answer.ts` tells what an answer is.
 */
export class AnswerPlaces {
  readonly wanted: number;
  /** Of one answer. */
  readonly stride: number;
  /** Of all together. */
  readonly bytes: number;
  readonly #answers: number;

  constructor({ dimensions, queries, wanted }: Asking) {
    this.wanted = wanted;
    this.stride = ANSWER_HEAD + wanted * 8;
    this.#answers = Math.ceil((queries * dimensions * 4) / 16) * 16;
    this.bytes = this.#answers + queries * this.stride;
  }

  answer(i: number): number {
    return this.#answers + i * this.stride;
  }
}
