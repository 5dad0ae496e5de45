// (module (func (result v128) v128.const 0, v128.const 0, v128.const 0, i32x4.relaxed_dot_i8x16_i7x16_add_s))
const ZERO_VECTOR = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const BODY = [0, ...ZERO_VECTOR, ...ZERO_VECTOR, ...ZERO_VECTOR, 0xfd, 0x93, 0x02, 0x0b];
const PROBE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, BODY.length + 2, 1, BODY.length, ...BODY],
]);

/**
 * Chooses by what this engine can run: the relaxed build is quicker, the plain one runs wherever there is SIMD at all,
 * and both give the same answers. The choices may be files, addresses or compiled modules.
 */
export function pickModule<T>(builds: { readonly relaxed: T; readonly simd: T }): T {
  return WebAssembly.validate(PROBE) ? builds.relaxed : builds.simd;
}
