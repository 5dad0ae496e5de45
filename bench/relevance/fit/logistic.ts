/** Examples of a regression, row by row. */
export interface Examples {
  readonly features: readonly Float64Array[];
  /** 1 or 0. */
  readonly labels: readonly number[];
  /** How much each example counts. */
  readonly weights: readonly number[];
}

export interface LogisticOptions {
  /** The half of this times the square of each factor is added to the loss, relative to the sum of weights. */
  readonly ridge: number;
}

/** The logarithm of the odds is the intercept and the sum of features times factors. */
export interface Logistic {
  readonly intercept: number;
  readonly factors: readonly number[];
}

const STEPS = 40;
const SWEEPS = 200;
const SMALL = 1e-9;
/** Keeps a step finite where all examples are certain. */
const LEAST_CURVATURE = 1e-9;

/**
 * Logistic regression with factors of at least 0, so that more of a feature is never less likely. Newton's method: each step minimizes
 * the second-order approximation of the loss within these bounds, by coordinate descent. A step that does not lower the loss is halved.
 */
export function fitLogistic(examples: Examples, { ridge }: LogisticOptions): Logistic {
  const count = examples.features[0]!.length;
  const total = examples.weights.reduce((sum, weight) => sum + weight, 0);
  const lossOf = (at: Float64Array) => lossAt(examples, at) / total + ridgeOf(at, ridge);
  // The intercept comes last.
  let at = new Float64Array(count + 1);
  let loss = lossOf(at);
  for (let step = 0; step < STEPS; step++) {
    const target = minimum(approximationAt(examples, at, { total, ridge }), at);
    let [next, nextLoss] = [target, lossOf(target)];
    for (let share = 0.5; nextLoss > loss && share > SMALL; share /= 2) {
      next = at.map((from, i) => from + share * (target[i]! - from));
      nextLoss = lossOf(next);
    }
    const gain = loss - nextLoss;
    if (gain > 0) [at, loss] = [next, nextLoss];
    if (gain < SMALL) break;
  }
  return { intercept: at[count]!, factors: [...at.subarray(0, count)] };
}

function ridgeOf(at: Float64Array, ridge: number): number {
  return (ridge / 2) * at.subarray(0, -1).reduce((sum, factor) => sum + factor * factor, 0);
}

function oddsAt(features: Float64Array, at: Float64Array): number {
  let sum = at[features.length]!;
  for (let i = 0; i < features.length; i++) sum += at[i]! * features[i]!;
  return sum;
}

function lossAt({ features, labels, weights }: Examples, at: Float64Array): number {
  let loss = 0;
  for (const [row, values] of features.entries()) {
    const odds = labels[row] ? oddsAt(values, at) : -oddsAt(values, at);
    // log(1 + exp(-odds)) without overflow.
    loss += weights[row]! * (Math.max(0, -odds) + Math.log1p(Math.exp(-Math.abs(odds))));
  }
  return loss;
}

/** Gradient and matrix of second derivatives. */
interface Approximation {
  readonly gradient: Float64Array;
  readonly curvature: readonly Float64Array[];
}

function approximationAt(
  { features, labels, weights }: Examples,
  at: Float64Array,
  { total, ridge }: { total: number; ridge: number },
): Approximation {
  const size = at.length;
  const gradient = at.map((factor, i) => (i + 1 < size ? ridge * factor : 0));
  const curvature = Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(size);
    row[i] = LEAST_CURVATURE + (i + 1 < size ? ridge : 0);
    return row;
  });
  const row = new Float64Array(size).fill(1);
  for (const [example, values] of features.entries()) {
    row.set(values);
    const probability = 1 / (1 + Math.exp(-oddsAt(values, at)));
    const slope = (weights[example]! * (probability - labels[example]!)) / total;
    const bend = (weights[example]! * probability * (1 - probability)) / total;
    for (let i = 0; i < size; i++) {
      gradient[i]! += slope * row[i]!;
      const line = curvature[i]!;
      const scaled = bend * row[i]!;
      for (let j = 0; j < size; j++) line[j]! += scaled * row[j]!;
    }
  }
  return { gradient, curvature };
}

/** Where the approximation around `at` is least, with all but the last coordinate at least 0. */
function minimum({ gradient, curvature }: Approximation, at: Float64Array): Float64Array<ArrayBuffer> {
  const next = Float64Array.from(at);
  const slopes = Float64Array.from(gradient);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let most = 0;
    for (let i = 0; i < next.length; i++) {
      const free = next[i]! - slopes[i]! / curvature[i]![i]!;
      const change = (i + 1 < next.length ? Math.max(0, free) : free) - next[i]!;
      if (change === 0) continue;
      next[i]! += change;
      for (let j = 0; j < next.length; j++) slopes[j]! += change * curvature[i]![j]!;
      most = Math.max(most, Math.abs(change));
    }
    if (most < SMALL) break;
  }
  return next;
}
