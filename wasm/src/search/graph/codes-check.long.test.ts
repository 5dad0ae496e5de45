import { hardSets } from "@pipit/test/fixtures/hard-sets";
import { recallOf, rowsFrom, truthOf } from "@pipit/test/fixtures/recall";
import { describe, expect, test } from "vitest";
import { loadHnswIndex } from "../../node.ts";
import { codeError } from "./codes-check.ts";

const ROWS = 2500;
const kind = await loadHnswIndex();
const sets = hardSets(7, { rows: ROWS, queries: 30 });
const setOf = (name: string) => sets.find((set) => set.name === name)!;

async function filled({ dimensions, vectors }: (typeof sets)[number], options = {}) {
  const index = await (await loadHnswIndex(options)).create(dimensions);
  await index.add(rowsFrom(0, ROWS), vectors);
  return index;
}

describe("codes are checked by what they err among neighbours", () => {
  test.each(["clusters", "even, 8 dimensions", "even, 384 dimensions", "copies of one-hot rows"])(
    "they are kept for %s",
    async (name) => {
      const kernel = (await filled(setOf(name))).opened();
      const error = codeError(kernel, rowsFrom(0, ROWS).slice(0, kernel.slots));
      console.log(`error of codes ${error.toFixed(4)} of the gap between neighbours (${name})`);
      expect([kernel.shape.measured, error < 0.03]).toEqual(["codes", true]);
    },
  );

  test.each(sets.filter(({ name }) => /near-equal|antipodal|circle/.test(name)))(
    "a graph by originals takes their place for $name, and is as good as one of distances",
    async (set) => {
      const index = await filled(set);
      expect(index.opened().shape.measured).toBe("originals");
      const truth = await truthOf(rowsFrom(0, ROWS), set.vectors);
      expect(await recallOf(index, truth, { queries: set.queries, k: 10, ef: 256 })).toBeGreaterThanOrEqual(0.97);
    },
  );

  test("a snapshot keeps by what its graph is measured", async () => {
    const set = setOf("a circle");
    const index = await filled(set);
    const opened = await kind.open(await index.save(), set.dimensions);
    expect(opened.opened().shape.measured).toBe("originals");
    const asked = { k: 10, ef: 64 };
    expect(await opened.search(set.queries.slice(0, 2), asked)).toEqual(
      await index.search(set.queries.slice(0, 2), asked),
    );
  });

  test("where two graphs do not fit the one by codes stays, whole", async () => {
    const set = setOf("near-equal, mean cosine 0.99");
    // As much as a graph of so many rows takes: the other is begun with room for rows that are replaced.
    const { bytes } = (await filled(setOf("clusters"))).stats();
    const index = await filled(set, { maxBytes: Math.ceil(bytes / 65_536) * 65_536 });
    expect([index.opened().shape.measured, index.stats().count]).toEqual(["codes", ROWS]);
    const truth = await truthOf(rowsFrom(0, ROWS), set.vectors);
    expect(await recallOf(index, truth, { queries: set.queries, k: 10 })).toBeGreaterThanOrEqual(0.99);
  });
});
