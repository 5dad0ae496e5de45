import { PipitError } from "../errors.ts";
import type { QueryTokens, TokenBits } from "../ports/token-scorer.ts";

/** The signs of rows of values, as `TokenBits` stores them. The number of values is a multiple of 8. */
export function signBits(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(values.length / 8);
  for (let i = 0; i < values.length; i++) if (values[i]! > 0) bits[i >> 3]! |= 1 << (i & 7);
  return bits;
}

/** Throws `bad-input` unless the query has a vector and a weight for each token, and the document's tokens have as many dimensions. */
export function assertComparable({ dimensions, vectors, weights }: QueryTokens, document: TokenBits): void {
  const { bits, tokenBytes } = document;
  if (vectors.length !== weights.length * dimensions)
    throw badTokens(`${vectors.length} values of ${weights.length} tokens`, `${dimensions} a token`);
  if (!Number.isInteger(tokenBytes) || tokenBytes * 8 !== dimensions || bits.length % tokenBytes !== 0)
    throw badTokens(`${bits.length} bytes of tokens of ${tokenBytes}`, `${dimensions / 8} a token`);
  if (!weights.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY))
    throw badTokens("a weight that is negative or not finite", "0 or more");
}

export function badTokens(got: string, expected: string): PipitError {
  return new PipitError("bad-input", { got, expected, do: "Use token vectors of one model and one projection only." });
}
