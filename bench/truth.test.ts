import { rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { Truth } from "./truth.ts";

const D = 20;
const SEED = 5;
const base = uniformVectors(seeded(SEED), 333, D);
const queries = uniformVectors(seeded(SEED + 1), 7, D);

/** The rows that the exact index finds, which computes them in another way. */
async function expected(k: number): Promise<number[]> {
  const exact = await truthOf(rowsFrom(0, 333), base);
  const answers = await Promise.all(
    Array.from({ length: 7 }, (_, i) => exact.search(rowAt(queries, i, D), { k }).then(({ rows }) => [...rows])),
  );
  return answers.flat();
}

describe(`exact neighbors of vectors offered in chunks, seed ${SEED}`, () => {
  test.each([333, 100, 65, 3])("are those of the exact index in chunks of %i", async (size) => {
    const truth = new Truth(queries, D, 12);
    for (let from = 0; from < 333; from += size) truth.offer(from, base.subarray(from * D, (from + size) * D));
    expect([...truth.rows()]).toEqual(await expected(12));
  });

  test("of equal vectors are the smaller rows", () => {
    const truth = new Truth(rowAt(base, 4, D), D, 2);
    for (const row of [7, 8, 9]) truth.offer(row, rowAt(base, 4, D));
    expect([...truth.rows()]).toEqual([7, 8]);
  });

  test("are refused when fewer rows than k exist", () => {
    const truth = new Truth(queries, D, 12);
    truth.offer(0, base.subarray(0, 11 * D));
    expect(() => truth.rows()).toThrow(/got 11 rows, expected at least 12/);
  });
});
