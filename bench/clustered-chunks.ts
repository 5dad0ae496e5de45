import { clusteredVectors, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";

export interface Clusters {
  readonly count: number;
  readonly dimensions: number;
}

export const SEED = 1;
const CHUNK = 10_000;

/**
 * Seeded vectors with a centre per hundred rows, for sets that are too large for memory: row numbers rise,
 * chunks have 10,000 rows. Runs in a tab as well.
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
