/**
 * Which product of codes (0..127) and weights (-127..127) a build is made of. All three count exactly, so all three
 * answer alike to the bit.
 *
 *   relaxed   i32x4.relaxed_dot_i8x16_i7x16_add_s: one instruction where the processor has AVX-VNNI or Arm's dot product
 *   maddubs   i16x8.relaxed_dot_i8x16_i7x16_s: four of them are added in 16 bits before they are widened, where engines do not use
 *             the processor's own byte product. The packer sees to it that the eight weights that meet in a lane sum up to
 *             258 at most, the positive and the negative each: 127 * 258 < 32768
 *   plain     i32x4.dot_i16x8_s on widened weights: every engine with SIMD
 */
export const DOT_RELAXED: i32 = 0;
export const DOT_MADDUBS: i32 = 1;
export const DOT_PLAIN: i32 = 2;

/** The build's own, told to the compiler by `--use DOT=N`. */
export const dots: i32 = DOT;
