/** Values of an entry store as JSON, which escapes halves of surrogate pairs. Vectors are marked. */
export function toStoreJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => (part instanceof Float32Array ? { float32: [...part] } : part));
}

export function fromStoreJson(text: string): unknown {
  return JSON.parse(text, (_, part) => (Array.isArray(part?.float32) ? Float32Array.from(part.float32) : part));
}
