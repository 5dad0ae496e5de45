import type { IndexKind, VectorIndex } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { countFound } from "../fixtures/found.ts";
import { farQueries, type HardSet, hardSets, wideSet } from "../fixtures/hard-sets.ts";
import { rowsFrom, truthOf } from "../fixtures/recall.ts";
import { rowAt, seeded } from "../fixtures/seeded.ts";

const LEAST = 0.99;
const K = 10;
const seed = Number(process.env.PIPIT_SEED ?? 20);
// More rows than the limit up to which searches compare every row.
const ROWS = 4200;
const QUERIES = 25;
// Enough rows for codes to be faster than originals.
const MANY = 6000;

/** An index that may measure and build in the background. */
type Settling = VectorIndex & { whenSettled?(): Promise<void>; whenMeasured?(): Promise<void> };

/**
 * The contract of every index with default options, on sets on which approximate search is known to have low recall: a search without
 * an ef has recall .99, at once and after the index has measured itself, after all rows were rewritten ten times, with a
 * filter, and with half of the rows removed.
 */
export function heldRecallContract(name: string, kind: IndexKind): void {
  describe(`${name} finds what is there`, () => {
    const sets = [...hardSets(seed, { rows: ROWS, queries: QUERIES }), wideSet(seed, { rows: 1200, queries: 10 })];
    test.each(sets)("$name", async (set) => {
      const index: Settling = await kind.create(set.dimensions);
      const rows = rowsFrom(0, set.vectors.length / set.dimensions);
      await index.add(rows, set.vectors);
      const truth = await truthOf(rows, set.vectors);
      await expectHeld("at once", { index, truth, set });
      await settle(index, set);
      await expectHeld("settled", { index, truth, set });
      expect(index.stats().recall).toBeGreaterThanOrEqual(LEAST);
      await expectHeld("half allowed", { index, truth, set, filter: shareOf(rows.length, 0.5) });
      await expectHeld("few allowed", { index, truth, set, filter: shareOf(rows.length, 0.02) });
      const gone = rows.filter((row) => row % 2 === 1);
      await Promise.all([index.remove(gone), truth.remove(gone)]);
      await expectHeld("half removed, half allowed", { index, truth, set, filter: shareOf(rows.length, 0.5) });
      await index.close();
    });

    test("after all rows were rewritten ten times over", async () => {
      const [set] = hardSets(seed, { rows: ROWS, queries: QUERIES }).filter(({ name }) => name === "clusters");
      const index: Settling = await kind.create(set!.dimensions);
      const truth = await truthOf(rowsFrom(0, ROWS), set!.vectors);
      for (let time = 0; time < 10; time++) {
        for (let from = 0; from < ROWS; from += 600) {
          const rows = rowsFrom((time % 2) * ROWS + from, 600);
          await index.remove(rowsFrom(((time + 1) % 2) * ROWS + from, 500));
          await index.add(rows, set!.vectors.subarray(from * set!.dimensions, (from + 600) * set!.dimensions));
        }
        if (time % 5 === 2) await settle(index, set!);
      }
      // Rewritten rows have other numbers: equal distances show that the same vectors were found.
      await expectHeld("rewritten", { index, truth, set: set! });
      await settle(index, set!);
      await expectHeld("rewritten and settled", { index, truth, set: set! });
    });

    test("for queries unlike all that it was measured by", async () => {
      const far = farQueries(seed, { rows: MANY, queries: QUERIES });
      const near = { ...far, queries: far.vectors.slice(0, QUERIES * far.dimensions) };
      const index: Settling = await kind.create(far.dimensions);
      const rows = rowsFrom(0, MANY);
      await index.add(rows, far.vectors);
      const truth = await truthOf(rows, far.vectors);
      await settle(index, near);
      await expectHeld("settled", { index, truth, set: far });
      await expectHeld("half allowed", { index, truth, set: far, filter: shareOf(MANY, 0.8) });
      const opened = await kind.open(await index.save(), far.dimensions);
      await settle(opened, near);
      await expectHeld("opened again", { index: opened, truth, set: far });
    });
  });
}

interface Held {
  readonly index: Settling;
  readonly truth: VectorIndex;
  readonly set: HardSet;
  readonly filter?: Uint32Array;
}

async function expectHeld(when: string, { index, truth, set, filter }: Held): Promise<void> {
  let [found, total] = [0, 0];
  for (let i = 0; i < set.queries.length / set.dimensions; i++) {
    const query = rowAt(set.queries, i, set.dimensions);
    const expected = await truth.search(query, { k: K, filter });
    found += countFound(expected, await index.search(query, { k: K, filter }));
    total += expected.rows.length;
  }
  const said = `recall@${K} ${(found / total).toFixed(4)} (${set.name}, ${when}, ${index.stats().kind}, seed ${seed})`;
  expect(found / total, said).toBeGreaterThanOrEqual(LEAST);
}

/** Searches until the index has timed its searches, and waits for the work that this starts. */
async function settle(index: Settling, set: HardSet): Promise<void> {
  for (let i = 0; i < 30; i++) {
    await index.search(rowAt(set.queries, i % 10, set.dimensions), { k: K });
    await index.whenMeasured?.();
    await index.whenSettled?.();
  }
}

function shareOf(rows: number, share: number): Uint32Array {
  const random = seeded(seed + 5);
  const bitmap = new Uint32Array(Math.ceil(rows / 32));
  for (let row = 0; row < rows; row++) if (random() < share) bitmap[row >>> 5]! |= 1 << (row & 31);
  return bitmap;
}
