interface Asking {
  readonly dimensions: number;
  readonly queries: number;
  /** Of the bitmap; 0 without one. */
  readonly words: number;
  /** Hits an answer may have. */
  readonly wanted: number;
}

const ANSWER_HEAD = 8;

/**
 * Where the queries of one turn, the rows allowed to them and their answers lie, in bytes from where they are staged: one
 * after the other, each from a multiple of 16. `assembly/search/answer.ts` tells what an answer is.
 */
export class AnswerPlaces {
  readonly wanted: number;
  readonly filter: number;
  /** Of one answer. */
  readonly stride: number;
  /** Of all together. */
  readonly bytes: number;
  private readonly answers: number;

  constructor({ dimensions, queries, words, wanted }: Asking) {
    this.wanted = wanted;
    this.stride = ANSWER_HEAD + wanted * 8;
    this.filter = align(queries * dimensions * 4);
    this.answers = this.filter + align(words * 4);
    this.bytes = this.answers + queries * this.stride;
  }

  answer(i: number): number {
    return this.answers + i * this.stride;
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
