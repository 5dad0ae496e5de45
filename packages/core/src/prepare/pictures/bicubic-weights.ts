/** Weights of the samples of one axis that make each resized sample, as whole numbers. */
export interface AxisWeights {
  /** Of each resized sample the first sample that it is made of. */
  readonly first: Int32Array;
  /** Of each resized sample the number of those samples. */
  readonly counts: Int32Array;
  /** [resized samples][most], in units of 1 / 2^`WEIGHT_BITS`. */
  readonly weights: Int32Array;
  /** The largest of `counts`. */
  readonly most: number;
}

export const WEIGHT_BITS = 22;

/** A stretch of the resized samples: those from `start` on, `length` of them. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
}

/**
 * Bicubic weights (a = -0.5) with antialiasing for resizing `size` samples to `resized` ones, of one stretch alone. They equal
 * those of Pillow's `resize` for pictures of 8 bits to the last bit: computed in doubles, scaled to a sum of 1, rounded to 22 bits.
 */
export function bicubicWeights(size: number, resized: number, part: Stretch): AxisWeights {
  const scale = size / resized;
  const spread = Math.max(scale, 1);
  const support = 2 * spread;
  const most = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(part.length);
  const counts = new Int32Array(part.length);
  const weights = new Int32Array(part.length * most);
  const exact = new Float64Array(most);
  for (let each = 0; each < part.length; each += 1) {
    const center = (part.start + each + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(size, Math.trunc(center + support + 0.5)) - from;
    let sum = 0;
    for (let at = 0; at < count; at += 1) {
      const weight = bicubic((from + at - center + 0.5) * (1 / spread));
      exact[at] = weight;
      sum += weight;
    }
    for (let at = 0; at < count; at += 1)
      weights[each * most + at] = rounded(sum === 0 ? exact[at]! : exact[at]! / sum);
    first[each] = from;
    counts[each] = count;
  }
  return { first, counts, weights, most };
}

const A = -0.5;

function bicubic(signed: number): number {
  const x = Math.abs(signed);
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * A;
  return 0;
}

/** To the nearest whole number, halves away from zero. */
function rounded(weight: number): number {
  const scaled = weight * 2 ** WEIGHT_BITS;
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}
