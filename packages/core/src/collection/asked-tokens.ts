import type { TokensOfQuery } from "../ports/collection.ts";
import type { QueryTokens } from "../ports/token-scorer.ts";
import { InteractionParts } from "../tokens/interaction-parts.ts";
import type { DerivedState } from "./derived-state.ts";
import type { DerivedTokens } from "./derived-tokens.ts";

/** Less similar tokens are not of one meaning: a reader would not see why the word is marked. */
const LEAST_SEEN = 0.5;

/** The tokens of one query, weighed by the rarity of their words in a collection, beside those of its passages. */
export class AskedTokens {
  readonly #query: QueryTokens;
  readonly #space: string;
  readonly #passages: DerivedTokens;
  #parts: InteractionParts | undefined;

  constructor(query: QueryTokens, space: string, passages: DerivedTokens) {
    this.#query = query;
    this.#space = space;
    this.#passages = passages;
  }

  /** Undefined for a query without words that have tokens, and for a collection that compares none. */
  static of(asked: TokensOfQuery | undefined, { indexes }: DerivedState): AskedTokens | undefined {
    if (!asked || !indexes.tokens) return undefined;
    const { space, vectors, words } = asked;
    const weights = Float32Array.from(words, (word) => indexes.words.index.rarityOf(word));
    const query = { dimensions: space.dimensions, vectors, weights };
    return weights.some((weight) => weight > 0) ? new AskedTokens(query, space.id, indexes.tokens) : undefined;
  }

  /** Late interactions by row. Rows without tokens of the query's space are left out. */
  compare(rows: readonly number[]): ReadonlyMap<number, number> {
    return this.#passages.compare(this.#query, rows, this.#space);
  }

  /** Of each token of a passage its part of the late interaction, as far as it is of near meaning. */
  partsOf(row: number): Float32Array | undefined {
    const tokens = this.#passages.table.get(row, this.#space);
    if (!tokens) return undefined;
    this.#parts ??= new InteractionParts(this.#query);
    return this.#parts.of(tokens, LEAST_SEEN);
  }
}
