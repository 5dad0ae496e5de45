import type { Piece } from "../ports/embedder.ts";

/** Pieces of one modality with their vectors by the space's fp32 model. */
export interface Golden {
  readonly pieces: readonly Piece[];
  /** Row-major [pieces, dimensions], unit rows. */
  readonly vectors: Float32Array;
}

/** Components of unit vectors of these models stay below .5 in size; int16 steps of 1/65534 cost under 1e-7 of cosine. */
const STEPS = 65_534;

/** Unit rows from base64 of little-endian int16 components. */
export function decodeGolden(base64: string, dimensions: number): Float32Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const vectors = Float32Array.from(new Int16Array(bytes.buffer), (step) => step / STEPS);
  for (let start = 0; start < vectors.length; start += dimensions)
    normalize(vectors.subarray(start, start + dimensions));
  return vectors;
}

export function encodeGolden(vectors: Float32Array): Uint8Array {
  const steps = Int16Array.from(vectors, (component) => Math.round(component * STEPS));
  return new Uint8Array(steps.buffer);
}

function normalize(vector: Float32Array): void {
  const norm = Math.sqrt(vector.reduce((sum, component) => sum + component * component, 0));
  vector.forEach((component, i) => {
    vector[i] = component / norm;
  });
}
