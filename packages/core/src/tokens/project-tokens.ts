import type { TokenProjection } from "./token-projection.ts";
import { badTokens } from "./token-vectors.ts";

/**
 * Token vectors [tokens][dimensions] of hidden states [tokens][width], of unit length. It is the reference of what the encoder kernel
 * computes from its own hidden states, and the way of models on other runtimes.
 */
export function projectTokens(states: Float32Array, projection: TokenProjection): Float32Array<ArrayBuffer> {
  const { width, dimensions } = projection;
  if (states.length % width !== 0)
    throw badTokens(`${states.length} values of hidden states`, `a multiple of ${width}`);
  const vectors = new Float32Array((states.length / width) * dimensions);
  for (let token = 0; token * width < states.length; token++) {
    const state = states.subarray(token * width, (token + 1) * width);
    projectInto(vectors.subarray(token * dimensions, (token + 1) * dimensions), state, projection);
  }
  return vectors;
}

function projectInto(vector: Float32Array, state: Float32Array, projection: TokenProjection): void {
  const { width, codes, scales, offsets } = projection;
  const length = lengthOf(state) || 1;
  for (let i = 0; i < vector.length; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += codes[i * width + j]! * state[j]!;
    vector[i] = (sum * scales[i]!) / length - offsets[i]!;
  }
  const factor = 1 / (lengthOf(vector) || 1);
  for (let i = 0; i < vector.length; i++) vector[i]! *= factor;
}

function lengthOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
