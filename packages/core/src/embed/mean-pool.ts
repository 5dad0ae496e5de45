/** The hidden states of one run: [rows, tokens, dimensions] without padding tokens. */
export interface HiddenStates {
  readonly data: Float32Array;
  readonly rows: number;
  readonly tokens: number;
  readonly dimensions: number;
}

/** Writes the L2-normalized mean over tokens of hidden row `row` into `out` at `at`. */
export function poolRow(hidden: HiddenStates, row: number, out: Float32Array, at: number): void {
  const { data, tokens, dimensions } = hidden;
  const start = row * tokens * dimensions;
  out.fill(0, at, at + dimensions);
  for (let token = 0; token < tokens; token++) {
    const from = start + token * dimensions;
    for (let d = 0; d < dimensions; d++) out[at + d]! += data[from + d]!;
  }
  normalize(out, at, dimensions);
}

/** Writes the L2-normalized state of the first token of hidden row `row` into `out` at `at`. */
export function poolFirst(
  { data, tokens, dimensions }: HiddenStates,
  row: number,
  out: Float32Array,
  at: number,
): void {
  const from = row * tokens * dimensions;
  out.set(data.subarray(from, from + dimensions), at);
  normalize(out, at, dimensions);
}

/** The states of hidden row `row` without those of its first and last token, which are special: a view. */
export function innerStates({ data, tokens, dimensions }: HiddenStates, row: number): Float32Array {
  const start = row * tokens * dimensions;
  return data.subarray(start + dimensions, start + (tokens - 1) * dimensions);
}

// Scaling the sum to unit norm makes the division by the token count unnecessary.
function normalize(out: Float32Array, at: number, dimensions: number): void {
  let sum = 0;
  for (let d = at; d < at + dimensions; d++) sum += out[d]! * out[d]!;
  const scale = 1 / Math.sqrt(sum);
  for (let d = at; d < at + dimensions; d++) out[d]! *= scale;
}
