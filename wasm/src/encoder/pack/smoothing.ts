/**
 * Smoothing of the channels of a matrix's input: smoothed = (value - shift) / factor, the matrix's weights times factor, its
 * bias plus weights times shift. A row's codes have one step for all channels, so that one channel with large values costs all
 * others precision; factors move some of its reach into the weights, which have a step of their own for each output.
 */
export interface Smoothing {
  readonly shifts: Float32Array;
  readonly factors: Float32Array;
}

/** Statistics of a matrix's input over many texts. */
export interface InputStatistics {
  /** The center of each channel's values. */
  readonly centers: Float32Array;
  /** The largest distance of a value from the center. */
  readonly reaches: Float32Array;
}

// The share of a channel's reach that goes into the weights (SmoothQuant's alpha).
const SHARE = 0.7;

/** `weightReach` is the greatest absolute weight of each input channel. */
export function smoothingOf({ centers, reaches }: InputStatistics, weightReach: Float32Array): Smoothing {
  const raw = Array.from(
    reaches,
    (reach, i) => Math.max(reach, 1e-6) ** SHARE / Math.max(weightReach[i]!, 1e-6) ** (1 - SHARE),
  );
  // Around 1, and rounded to few bits: engines may differ in the last bits of a power, but files must be equal.
  const middle = Math.exp(raw.reduce((sum, factor) => sum + Math.log(factor), 0) / raw.length);
  return { shifts: centers, factors: Float32Array.from(raw, (factor) => fewBits(factor / middle)) };
}

/** Smooths nothing. */
export function noSmoothing(width: number): Smoothing {
  return { shifts: new Float32Array(width), factors: new Float32Array(width).fill(1) };
}

function fewBits(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(value)) - 10);
  return Math.round(value / unit) * unit;
}
