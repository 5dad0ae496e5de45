import {
  createEngine,
  createMemoryStore,
  type LocalEngine,
  openCollection,
  type RefinableCollection,
  type Space,
  spaceOf,
  type VectorIndex,
} from "@pipit/core";
import { loadIndex } from "@pipit/wasm/node";
import { describe, expect, test } from "vitest";
import { createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { type HardSet, hardSets } from "../../fixtures/hard-sets.ts";
import { rowsFrom, truthOf } from "../../fixtures/recall.ts";
import { rowAt } from "../../fixtures/seeded.ts";

const [LEAST, K, ROWS, QUERIES] = [0.99, 10, 4200, 25];
const kind = await loadIndex();

/** The shipped configuration: store, default index and engine, searched by vectors. */
describe.each(hardSets(31, { rows: ROWS, queries: QUERIES }))("a collection of $name", (set) => {
  test("finds what is there, also after all entries were rewritten ten times", async () => {
    const space = spaceOf({
      ...{ name: set.name, weights: "w", tokenizer: "t", preprocessing: "p", pooling: "mean", normalization: "l2" },
      dimensions: set.dimensions,
    });
    const collection = await openCollection({ store: createMemoryStore(space), index: kind });
    const engine = engineOf(collection, space);
    const truth = await truthOf(rowsFrom(0, ROWS), set.vectors);
    await write(collection, set);
    await expectFound("written", { engine, truth, set });
    for (let time = 0; time < 10; time++) await write(collection, set);
    await expectFound("rewritten", { engine, truth, set });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expectFound("rewritten and measured", { engine, truth, set });
    expect((await engine.stats()).recall).toBeGreaterThanOrEqual(LEAST);
    await engine.close();
  });
});

function engineOf(collection: RefinableCollection, space: Space): LocalEngine {
  const embedder = { ...createBagEmbedder(), space };
  return createEngine({ collection, embedder, backend: "js", why: "nothing is embedded" });
}

async function write(collection: RefinableCollection, { vectors, dimensions }: HardSet): Promise<void> {
  for (let from = 0; from < ROWS; from += 700) {
    await collection.upsert(
      Array.from({ length: 700 }, (_, i) => ({
        ...{ id: `e${from + i}`, text: "t", fields: {}, passages: [{ start: 0, end: 1 }] },
        ...{ vectors: rowAt(vectors, from + i, dimensions).slice(), producer: "p", provisional: false },
      })),
    );
  }
}

interface Asked {
  readonly engine: LocalEngine;
  readonly truth: VectorIndex;
  readonly set: HardSet;
}

async function expectFound(when: string, { engine, truth, set }: Asked): Promise<void> {
  let found = 0;
  for (let i = 0; i < QUERIES; i++) {
    const query = rowAt(set.queries, i, set.dimensions);
    const { distances } = await truth.search(query, { k: K });
    const farthest = distances.at(-1)! + 1e-6;
    const { hits } = await engine.search(query, { k: K });
    found += hits.filter(({ evidence }) => 1 - (evidence.cosine ?? 0) <= farthest).length;
  }
  const recall = found / (QUERIES * K);
  expect(recall, `recall@${K} ${recall.toFixed(4)} (${set.name}, ${when})`).toBeGreaterThanOrEqual(LEAST);
}
