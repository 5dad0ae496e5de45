import { serveTab } from "@pipit/browser/host";
import { type Embedder, exactIndex, type IndexKind, textsOf, throwIfAborted, type VectorIndex } from "@pipit/core";
import { createBagEmbedder } from "../../../fixtures/bag-embedder.ts";

const SLOW_MS = 25;

/** Reports in `stats` the number of pieces that it computed; a text with the word "slow" takes long. */
function countingEmbedder(): Embedder & { stats(): { hits: number; misses: number } } {
  const bag = createBagEmbedder();
  let misses = 0;
  return {
    ...bag,
    stats: () => ({ hits: 0, misses }),
    async embed(pieces, options = {}) {
      for (const text of textsOf(pieces)) {
        throwIfAborted(options.signal);
        if (text.includes("slow")) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
        misses++;
      }
      return bag.embed(pieces, options);
    },
  };
}

/** Reports in `stats` the number of rows that were added to it since it was made or opened. */
function counting(index: VectorIndex): VectorIndex {
  let added = 0;
  return {
    add: (rows, vectors) => {
      added += rows.length;
      return index.add(rows, vectors);
    },
    remove: (rows) => index.remove(rows),
    search: (query, options) => index.search(query, options),
    stats: () => ({ ...index.stats(), kind: `${added} rows added` }),
    save: () => index.save(),
    close: () => index.close(),
  };
}

const countingIndex: IndexKind = {
  name: "counting",
  create: async (dimensions) => counting(await exactIndex.create(dimensions)),
  open: async (snapshot, dimensions) => counting(await exactIndex.open(snapshot, dimensions)),
};

serveTab({
  first: async () => ({ embedder: countingEmbedder(), backend: "js", why: "tests need no weights" }),
  better: async () => ({ none: "this worker has one model" }),
  index: async () => countingIndex,
});
