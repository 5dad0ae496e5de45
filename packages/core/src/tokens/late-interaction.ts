import type { QueryTokens, TokenBits } from "../ports/token-scorer.ts";
import { assertComparable } from "./token-vectors.ts";

/**
 * How well a document answers a query by their tokens, -1 to 1: each token of the query takes its best token of the document, and
 * the similarities are averaged by the weights of the query's tokens.
 *
 *   score = sum over i of w_i * max over j of s(q_i, d_j) / sum over i of w_i
 *   s(q, d) = sum over dimensions of q * (bit of d is 1 ? 1 : -1) / sqrt(dimensions)
 *
 * s is the cosine of the query's token and the document's, whose values are known by sign only. A document or query without tokens,
 * and a query whose weights are all 0, score 0. This is the reference; `TokenScorer` of `@pipit/wasm` computes the same faster.
 */
export function lateInteraction(query: QueryTokens, document: TokenBits): number {
  return interactionParts(query, document).reduce((sum, part) => sum + part, 0);
}

/**
 * Of each token of the document its part of the score: what the tokens of the query add for which it is the best one. Those that are less
 * similar to it than `leastSimilarity` add nothing.
 */
export function interactionParts(
  query: QueryTokens,
  document: TokenBits,
  leastSimilarity = -1,
): Float32Array<ArrayBuffer> {
  assertComparable(query, document);
  const { weights } = query;
  const parts = new Float32Array(document.bits.length / document.tokenBytes);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0 || parts.length === 0) return parts;
  for (const [token, weight] of weights.entries()) {
    if (weight === 0) continue;
    const { at, similarity } = bestOf(query, token, document);
    if (similarity >= leastSimilarity) parts[at]! += (weight * similarity) / total;
  }
  return parts;
}

function bestOf({ dimensions, vectors }: QueryTokens, token: number, { bits, tokenBytes }: TokenBits) {
  const vector = vectors.subarray(token * dimensions, (token + 1) * dimensions);
  let best = { at: 0, similarity: Number.NEGATIVE_INFINITY };
  for (let at = 0; at * tokenBytes < bits.length; at++) {
    const similarity = signedSum(vector, bits, at * tokenBytes) / Math.sqrt(dimensions);
    if (similarity > best.similarity) best = { at, similarity };
  }
  return best;
}

function signedSum(vector: Float32Array, bits: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (bits[at + (i >> 3)]! >> (i & 7)) & 1 ? vector[i]! : -vector[i]!;
  return sum;
}
