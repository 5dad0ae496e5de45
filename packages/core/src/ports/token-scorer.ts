/** A document's token vectors, cut to one bit a dimension. */
export interface TokenBits {
  /** Bytes of one token: a bit for each dimension. */
  readonly tokenBytes: number;
  /** [tokens][tokenBytes]. Bit i % 8 of byte i / 8 is 1 where value i is above 0. */
  readonly bits: Uint8Array;
}

/** A query's token vectors, and how much each of them counts. */
export interface QueryTokens {
  readonly dimensions: number;
  /** [tokens][dimensions], rows of unit length. */
  readonly vectors: Float32Array;
  /** One a token, 0 or more: the rarity of its word. */
  readonly weights: Float32Array;
}

/** Scores documents by their tokens, as `lateInteraction` does. It keeps nothing between calls. */
export interface TokenScorer {
  /** One score a document, -1 to 1. Throws `bad-input` for token vectors that cannot be compared, and `storage-full`. */
  score(query: QueryTokens, documents: readonly TokenBits[]): Float32Array<ArrayBuffer>;
}
