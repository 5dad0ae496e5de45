export type FloatFormat = "f32" | "f16" | "bf16" | "f64";

export const FLOAT_BYTES: Readonly<Record<FloatFormat, number>> = { f32: 4, f16: 2, bf16: 2, f64: 8 };

/** Little-endian floats from any offset, as fresh f32. `bytes` are a whole number of floats. */
export function floatsOf(bytes: Uint8Array, format: FloatFormat): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(bytes.length / FLOAT_BYTES[format]);
  if (format === "f32") {
    new Uint8Array(floats.buffer).set(bytes);
    return floats;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "bf16") {
    const words = new Uint32Array(floats.buffer);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint16(i * 2, true) << 16;
    return floats;
  }
  const isHalf = format === "f16";
  for (let i = 0; i < floats.length; i++)
    floats[i] = isHalf ? halfOf(view.getUint16(i * 2, true)) : view.getFloat64(i * 8, true);
  return floats;
}

/** The f32 of IEEE half precision's 16 bits. */
export function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The f32 of bfloat16's 16 bits. */
export function brainFloatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}
