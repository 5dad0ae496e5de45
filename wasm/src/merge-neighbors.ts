import type { Neighbors } from "@pipit/core";

/** The k nearest of several answers about different rows: nearest first, ties by the smaller row. */
export function mergeNeighbors(answers: readonly Neighbors[], k: number): Neighbors {
  const all = answers.flatMap(({ rows, distances }) =>
    Array.from(rows, (row, i) => ({ row, distance: distances[i]! })),
  );
  all.sort((one, other) => one.distance - other.distance || one.row - other.row);
  const nearest = all.slice(0, k);
  const merged = {
    rows: Uint32Array.from(nearest, ({ row }) => row),
    distances: Float32Array.from(nearest, ({ distance }) => distance),
  };
  return answers.some(({ partial }) => partial) ? { ...merged, partial: true } : merged;
}
