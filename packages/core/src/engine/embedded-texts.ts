import type { EmbeddedEntry } from "../ports/collection.ts";
import type { EmbeddedTokens, Embedder } from "../ports/embedder.ts";

/** Vectors of texts, and those of their tokens if the embedder makes any. */
export type VectorsOfTexts = Pick<EmbeddedTokens<"bits">, "vectors"> & Partial<EmbeddedTokens<"bits">>;

/** Deals out what was computed of a list of texts, in their order. */
export class EmbeddedTexts {
  readonly #embedder: Pick<Embedder, "space" | "tokens">;
  readonly #computed: VectorsOfTexts;
  #taken = 0;
  #takenTokens = 0;

  constructor(embedder: Pick<Embedder, "space" | "tokens">, computed: VectorsOfTexts) {
    this.#embedder = embedder;
    this.#computed = computed;
  }

  /** Of the next texts, in memory of their own. */
  take(texts: number): Pick<EmbeddedEntry, "vectors" | "tokens"> {
    const { dimensions } = this.#embedder.space;
    const [from, end] = [this.#taken, this.#taken + texts];
    this.#taken = end;
    const vectors = this.#computed.vectors.slice(from * dimensions, end * dimensions);
    const tokens = texts > 0 ? this.#tokensOf(from, end) : undefined;
    return tokens ? { vectors, tokens } : { vectors };
  }

  #tokensOf(from: number, end: number): EmbeddedEntry["tokens"] {
    const { tokens, counts } = this.#computed;
    const space = this.#embedder.tokens?.space;
    if (!space || !tokens || !counts) return undefined;
    const own = counts.slice(from, end);
    const first = this.#takenTokens;
    this.#takenTokens += own.reduce((sum, count) => sum + count, 0);
    const bytes = space.dimensions / 8;
    return { space: space.id, counts: own, bits: tokens.slice(first * bytes, this.#takenTokens * bytes) };
  }
}
