import type { SearchTimes } from "./search-times.ts";

export interface CurvePoint extends SearchTimes {
  readonly ef: number;
  /** 0 to 1. */
  readonly recall: number;
}

/** Recall and time of searches, by rising ef. */
export interface EfCurve {
  readonly k: number;
  /** Rows in the set when it was measured. */
  readonly count: number;
  /** True when the last point has the largest possible ef, so that no ef reaches a higher recall. */
  readonly exhausted: boolean;
  readonly points: readonly CurvePoint[];
}

export const WIDEST_EF = 4096;

export interface CurveGoal {
  readonly k: number;
  readonly count: number;
  /** Recall at which to stop, 0 to 1. */
  readonly target: number;
}

/** Doubles ef from k until the target is met or a wider search could not find more: the whole set, or WIDEST_EF. */
export async function measureCurve(
  measure: (ef: number) => Promise<CurvePoint>,
  { k, count, target }: CurveGoal,
): Promise<EfCurve> {
  const most = Math.max(k, Math.min(count, WIDEST_EF));
  const points: CurvePoint[] = [];
  for (let ef = k; ; ef = Math.min(ef * 2, most)) {
    const point = await measure(ef);
    points.push(point);
    if (ef === most || point.recall >= target) return { k, count, exhausted: ef === most, points };
  }
}

/**
 * The least ef expected to reach the target, at least k and at most WIDEST_EF (k itself where that is more). Undefined when
 * the curve ends below the target and may be continued; an exhausted curve answers with its largest ef.
 *
 * A point counts with the least recall of all larger ef at most, so that recall never falls with ef. Between points recall is
 * taken as linear in log ef: the true curve is concave, so that the answer is larger than needed. For k beyond the curve's own,
 * ef grows in proportion, which is also more than is needed.
 */
export function efOnCurve(curve: EfCurve, target: number, k: number): number | undefined {
  const ef = leastEf(believable(curve.points), target) ?? (curve.exhausted ? curve.points.at(-1)!.ef : undefined);
  if (ef === undefined) return undefined;
  return Math.max(k, Math.min(WIDEST_EF, Math.ceil(ef * Math.max(1, k / curve.k))));
}

interface Believed {
  readonly ef: number;
  readonly recall: number;
}

function leastEf(points: readonly Believed[], target: number): number | undefined {
  const at = points.findIndex(({ recall }) => recall >= target);
  if (at <= 0) return points[at]?.ef;
  const [below, above] = [points[at - 1]!, points[at]!];
  const share = (target - below.recall) / (above.recall - below.recall);
  return Math.min(above.ef, Math.ceil(below.ef * (above.ef / below.ef) ** share));
}

function believable(points: readonly CurvePoint[]): Believed[] {
  let least = 1;
  const believed = points.toReversed().map(({ ef, recall }) => {
    least = Math.min(least, recall);
    return { ef, recall: least };
  });
  return believed.reverse();
}
