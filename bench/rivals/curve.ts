import type { Point } from "../bench.ts";

/**
 * Searches per second at a recall: between the two neighbouring values of ef that enclose it, the logarithm of the rate is
 * interpolated linearly in recall. A rival whose smallest ef already exceeds the recall is rated at that ef; one
 * that never reaches it has no figure.
 */
export function rateAtRecall(points: readonly Point[], recall: number): number | undefined {
  const byEf = [...points].sort((a, b) => a.ef - b.ef);
  const reached = byEf.findIndex((point) => point.recall >= recall);
  const above = byEf[reached];
  const below = byEf[reached - 1];
  if (!above || !below) return above?.rate;
  const share = (recall - below.recall) / (above.recall - below.recall);
  return Math.exp(Math.log(below.rate) + share * (Math.log(above.rate) - Math.log(below.rate)));
}
