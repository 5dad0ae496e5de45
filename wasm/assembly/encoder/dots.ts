/**
 * Which product of codes (0..127) and weights (-127..127) a build uses. All three are exact, so all three builds give equal
 * bits.
 *
 *   relaxed   i32x4.relaxed_dot_i8x16_i7x16_add_s: one instruction where the processor has AVX-VNNI or Arm's dot product
 *   maddubs   i16x8.relaxed_dot_i8x16_i7x16_s: four of them are added in 16 bits before they are widened, where engines do not use
 *             the processor's own byte product. The packer makes sure that the positive and the negative ones of the eight
 *             weights that are added in a lane each sum up to 258 at most: 127 * 258 < 32768
 *   plain     i32x4.dot_i16x8_s on widened weights: every engine with SIMD
 */
export const DOT_RELAXED: i32 = 0;
export const DOT_MADDUBS: i32 = 1;
export const DOT_PLAIN: i32 = 2;

/** The product of this build, set by the compiler's option `--use DOT=N`. */
export const dots: i32 = DOT;
