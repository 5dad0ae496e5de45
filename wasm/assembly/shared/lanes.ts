/** Into the four lanes of a vector, and out of them. */

/** In one fixed order, so that all machines round alike. */
@inline
export function addLanes(sums: v128): f32 {
  return (
    f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) +
    (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
  );
}

@inline
export function four(a: f32, b: f32, c: f32, d: f32): v128 {
  return f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(a), 1, b), 2, c), 3, d);
}

/** The inner product of so many f32, a multiple of 4. */
export function dotOf(a: usize, b: usize, values: u32): f32 {
  let sums = f32x4.splat(0);
  for (let at: u32 = 0; at < values << 2; at += 16) {
    sums = f32x4.add(sums, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  return addLanes(sums);
}
