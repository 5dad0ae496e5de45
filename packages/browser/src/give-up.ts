const given = new WeakSet<object>();

/** Marks a query vector for transfer: it is moved to the worker instead of copied, and is empty afterwards. */
export function giveUp(vector: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  given.add(vector);
  return vector;
}

export function isGivenUp(vector: unknown): vector is Float32Array<ArrayBuffer> {
  return typeof vector === "object" && vector !== null && given.has(vector);
}
