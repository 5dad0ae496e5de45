/** Values in standard deviations from their mean; all 0 if they are equal. */
export function standardized(values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  return all.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
}
