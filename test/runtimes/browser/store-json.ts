/** Values of an entry store as JSON, which escapes halves of surrogate pairs. Vectors and bytes are marked. */
export function toStoreJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (part instanceof Float32Array) return { float32: [...part] };
    return part instanceof Uint8Array ? { bytes: [...part] } : part;
  });
}

export function fromStoreJson(text: string): unknown {
  return JSON.parse(text, (_, part) => {
    if (Array.isArray(part?.float32)) return Float32Array.from(part.float32);
    return Array.isArray(part?.bytes) ? Uint8Array.from(part.bytes) : part;
  });
}
