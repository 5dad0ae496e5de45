/** A table's rows to s8, each with a scale of its own. */
export function packTable(table: Float32Array, width: number) {
  const codes = new Int8Array(table.length);
  const scales = new Float32Array(table.length / width);
  for (let row = 0; row < scales.length; row++) {
    const values = table.subarray(row * width, (row + 1) * width);
    const scale = Math.fround(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127);
    scales[row] = scale;
    if (scale > 0)
      codes.set(
        Int8Array.from(values, (value) => Math.round(value / scale)),
        row * width,
      );
  }
  return { codes: new Uint8Array(codes.buffer), scales: new Uint8Array(scales.buffer) };
}
