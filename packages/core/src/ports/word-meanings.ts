/** The vectors of single words by which an index finds words of near meaning. They are of the language of its texts. */
export interface WordMeanings {
  readonly dimensions: number;
  /**
   * Of unit length, always the same for a word; undefined for a word without one. In each dimension about half of the words should be above 0, because
   * signs choose the candidates. `word` is in lower case, and at most 64 units long.
   */
  vectorOf(word: string): Float32Array | undefined;
}
