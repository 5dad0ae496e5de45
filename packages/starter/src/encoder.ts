import { addRows, times, toUnit } from "./matrix.ts";
import type { Network } from "./network.ts";
import type { StarterParts } from "./starter-file.ts";

/**
 * The computation of `train/model.py`, on integers:
 *
 *     c = unit(sum of e)                                   the topic of the text, before weighing
 *     u = unit(sum of place(i) * 2 sigmoid(4 k . Q c) * e + bias)
 *     v = unit(u + W2 gelu(W1 u + b1))
 *
 * A row's scale is folded into the weight of its token, so rows are read as bytes and never widened in memory. The
 * scratch vectors are kept between calls: a call allocates only its result. Dimensions are a multiple of 4.
 */
export function createEncoder(
  { rows, scales }: Pick<StarterParts, "rows" | "scales">,
  network: Network,
): (ids: readonly number[]) => Float32Array<ArrayBuffer> {
  const { dimensions, rank, hidden, places } = network;
  const table = rows.integers;
  const width = dimensions + rank;
  const about = new Float32Array(dimensions);
  const asked = new Float32Array(rank);
  const inner = new Float32Array(hidden);

  // Four values at a time take half the time of one by one.
  const addRow = (id: number, weight: number, out: Float32Array) => {
    for (let i = 0, at = id * width; i < dimensions; i += 4, at += 4) {
      out[i]! += weight * table[at]!;
      out[i + 1]! += weight * table[at + 1]!;
      out[i + 2]! += weight * table[at + 2]!;
      out[i + 3]! += weight * table[at + 3]!;
    }
  };

  const gate = (id: number) => {
    const base = id * width + dimensions;
    let sum = 0;
    for (let i = 0; i < rank; i++) sum += asked[i]! * table[base + i]!;
    return 2 / (1 + Math.exp(-4 * network.keyStep * sum));
  };

  const askTokens = (ids: readonly number[]) => {
    about.fill(0);
    for (const id of ids) {
      rows.need(id);
      addRow(id, scales[id]!, about);
    }
    toUnit(about);
    times(network.query, about, asked);
  };

  return (ids) => {
    askTokens(ids);
    const out = network.bias.slice() as Float32Array<ArrayBuffer>;
    ids.forEach((id, i) => {
      addRow(id, scales[id]! * gate(id) * places[Math.min(i, places.length - 1)]!, out);
    });
    toUnit(out);
    times(network.w1, out, inner);
    for (let i = 0; i < hidden; i++) inner[i] = gelu(inner[i]! + network.b1[i]!);
    addRows(network.w2, inner, out);
    toUnit(out);
    return out;
  };
}

/** The tanh form, as trained. */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
}
