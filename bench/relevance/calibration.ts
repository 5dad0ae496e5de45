/** A probability that was said, and whether it came true. */
export interface Prediction {
  readonly probability: number;
  readonly isRight: boolean;
}

const BINS = 10;
const LEAST = 1e-12;

/** The mean of -log of the probability that was given to what came true. */
export function logLoss(predictions: readonly Prediction[]): number {
  const losses = predictions.map(
    ({ probability, isRight }) => -Math.log(Math.max(LEAST, isRight ? probability : 1 - probability)),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length);
}

/** Expected calibration error: how far the mean probability of a tenth of the predictions is from its share of right ones, on average. */
export function calibrationError(predictions: readonly Prediction[]): number {
  const sorted = predictions.toSorted((a, b) => a.probability - b.probability);
  const placeOf = (bin: number) => Math.floor((bin * sorted.length) / BINS);
  let error = 0;
  for (let bin = 0; bin < BINS; bin++) {
    const some = sorted.slice(placeOf(bin), placeOf(bin + 1));
    error += Math.abs(some.reduce((sum, { probability, isRight }) => sum + probability - Number(isRight), 0));
  }
  return error / Math.max(1, sorted.length);
}
