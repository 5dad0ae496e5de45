interface Asking {
  readonly dimensions: number;
  readonly queries: number;
  /** The most hits of an answer. */
  readonly k: number;
}

const ANSWER_HEAD = 12;

/**
 * The places of one turn's queries and answers, in bytes from the start of the staging area: the queries, then from the next
 * multiple of 16 the answers. `assembly/search/answer.ts` describes an answer.
 */
export class AnswerPlaces {
  readonly k: number;
  /** Bytes of one answer. */
  readonly stride: number;
  /** Bytes of all queries and answers. */
  readonly bytes: number;
  readonly #answers: number;

  constructor({ dimensions, queries, k }: Asking) {
    this.k = k;
    this.stride = ANSWER_HEAD + k * 8;
    this.#answers = Math.ceil((queries * dimensions * 4) / 16) * 16;
    this.bytes = this.#answers + queries * this.stride;
  }

  answer(i: number): number {
    return this.#answers + i * this.stride;
  }
}
