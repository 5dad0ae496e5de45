import { clusteredVectors, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";

export interface Clusters {
  readonly count: number;
  readonly dimensions: number;
}

export const SEED = 1;
const CHUNK = 10_000;

/**
 * Seeded vectors with a centre for every hundred rows, for sets that are larger than memory should hold: row numbers rise,
 * chunks are of 10,000. Runs in a tab as well.
 */
export function clusteredChunks({ count, dimensions }: Clusters, queryCount: number) {
  const random = seeded(SEED);
  const centers = uniformVectors(random, Math.ceil(count / 100), dimensions);
  const queries = clusteredVectors(seeded(SEED + 1), queryCount, centers, dimensions);
  function* chunks() {
    for (let first = 0; first < count; first += CHUNK) {
      yield { first, vectors: clusteredVectors(random, Math.min(CHUNK, count - first), centers, dimensions) };
    }
  }
  return { queries, chunks: chunks() };
}
