import type { ModelLogits } from "../ports/model-logits.ts";

/**
 * The probability of each label, 0 to 1. `picture` [dimensions] and `labels` [labels][dimensions] are unit vectors of one space. With
 * "one" it says which of the given labels fits best, and nothing of whether any does.
 */
export function labelProbabilities(
  picture: Float32Array,
  labels: Float32Array,
  { scale, bias = 0, right }: ModelLogits,
): number[] {
  const logits = cosinesOf(picture, labels).map((cosine) => cosine * scale + bias);
  if (right === "each") return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const most = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const shares = logits.map((logit) => Math.exp(logit - most));
  const sum = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / sum);
}

function cosinesOf(picture: Float32Array, labels: Float32Array): number[] {
  const dimensions = picture.length;
  return Array.from({ length: labels.length / dimensions }, (_, row) => {
    let sum = 0;
    for (let d = 0; d < dimensions; d += 1) sum += picture[d]! * labels[row * dimensions + d]!;
    return sum;
  });
}
