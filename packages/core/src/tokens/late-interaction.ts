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
  assertComparable(query, document);
  const { weights } = query;
  let [sum, total] = [0, 0];
  for (let token = 0; token < weights.length; token++) {
    sum += weights[token]! * bestOf(query, token, document);
    total += weights[token]!;
  }
  return total > 0 ? sum / total : 0;
}

function bestOf({ dimensions, vectors }: QueryTokens, token: number, { bits, tokenBytes }: TokenBits): number {
  if (bits.length === 0) return 0;
  const vector = vectors.subarray(token * dimensions, (token + 1) * dimensions);
  let best = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < bits.length; at += tokenBytes) best = Math.max(best, signedSum(vector, bits, at));
  return best / Math.sqrt(dimensions);
}

function signedSum(vector: Float32Array, bits: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (bits[at + (i >> 3)]! >> (i & 7)) & 1 ? vector[i]! : -vector[i]!;
  return sum;
}
