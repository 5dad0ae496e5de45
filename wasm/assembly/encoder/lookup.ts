/** Rows of a table of signed bytes, each row with its own scale: value = code * scale. */

/** out[row] = table[ids[row]] */
export function lookUp(ids: usize, rows: u32, width: u32, table: usize, scales: usize, out: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    const id = load<u32>(ids + (<usize>row << 2));
    const scale = v128.load32_splat(scales + (<usize>id << 2));
    const from = table + <usize>id * width;
    for (let at: u32 = 0; at < width; at += 4) {
      v128.store(out, fourOf(from + at, scale));
      out += 16;
    }
  }
}

/** out[row] += table[ids[row]] */
export function addLookedUp(ids: usize, rows: u32, width: u32, table: usize, scales: usize, out: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    const id = load<u32>(ids + (<usize>row << 2));
    const scale = v128.load32_splat(scales + (<usize>id << 2));
    const from = table + <usize>id * width;
    for (let at: u32 = 0; at < width; at += 4) {
      v128.store(out, f32x4.add(v128.load(out), fourOf(from + at, scale)));
      out += 16;
    }
  }
}

@inline
function fourOf(codes: usize, scale: v128): v128 {
  const wide = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(codes)));
  return f32x4.mul(f32x4.convert_i32x4_s(wide), scale);
}
