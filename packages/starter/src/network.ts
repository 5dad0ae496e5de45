import type { StarterParts } from "./starter-file.ts";

/**
 * The file's content besides its rows, ready to compute with. A matrix is kept row-major in float32, its row scales
 * multiplied in.
 */
export interface Network {
  readonly dimensions: number;
  readonly rank: number;
  readonly hidden: number;
  /** [rank, dimensions]: maps the topic of the text to the query that is compared with the keys of its tokens. */
  readonly query: Float32Array;
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  /** [hidden, dimensions]: the file's matrix transposed, so that both products read memory forwards. */
  readonly w2: Float32Array;
  readonly bias: Float32Array;
  readonly places: Float32Array;
  readonly keyStep: number;
}

export function readNetwork({ header, section }: StarterParts): Network {
  const { dimensions, rank, hidden, places } = header;
  const numbers = new Float32Array(section("numbers").buffer);
  let at = 0;
  const take = (count: number) => {
    at += count;
    return numbers.subarray(at - count, at);
  };
  const matrix = (name: string, rows: number) => scaled(new Int8Array(section(name).buffer), take(rows));
  const query = matrix("query", rank);
  const w1 = matrix("w1", hidden);
  const w2 = transposed(matrix("w2", dimensions), dimensions);
  const [b1, bias, placeWeights, [keyStep = 0]] = [take(hidden), take(dimensions), take(places), take(1)];
  return { dimensions, rank, hidden, query, w1, b1, w2, bias, places: placeWeights, keyStep };
}

function scaled(integers: Int8Array, scales: Float32Array): Float32Array {
  const width = integers.length / scales.length;
  const matrix = new Float32Array(integers.length);
  for (let i = 0; i < matrix.length; i++) matrix[i] = integers[i]! * scales[Math.floor(i / width)]!;
  return matrix;
}

function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  const turned = new Float32Array(matrix.length);
  for (let i = 0; i < turned.length; i++) turned[i] = matrix[(i % rows) * columns + Math.floor(i / rows)]!;
  return turned;
}
