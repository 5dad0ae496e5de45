import type { Neighbors } from "@pipit/core";

/** The k nearest of several answers, a row of more than one once: nearest first, ties by the smaller row. */
export function mergeNeighbors(answers: readonly Neighbors[], k: number): Neighbors {
  const distances = new Map<number, number>();
  for (const answer of answers) {
    for (const [i, row] of answer.rows.entries()) distances.set(row, answer.distances[i]!);
  }
  const nearest = [...distances].sort(([row, near], [other, far]) => near - far || row - other).slice(0, k);
  const merged = {
    rows: Uint32Array.from(nearest, ([row]) => row),
    distances: Float32Array.from(nearest, ([, distance]) => distance),
  };
  return answers.some(({ partial }) => partial) ? { ...merged, partial: true } : merged;
}
