import { expect, test } from "vitest";
import { cacheEmbeddings } from "../cache/cached-embedder.ts";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { contentOf } from "../pieces.ts";
import type { PicturePiece } from "../ports/embedder.ts";
import type { BatchModel } from "./batch-model.ts";
import { createLane } from "./lane.ts";

const pictureOf = (digest: string): PicturePiece => ({
  modality: "picture",
  picture: { width: 1, height: 1, pixels: new Uint8Array(3) },
  digest,
});

/** The vector of a picture is the axis that its digest names. */
function axisModel() {
  const batches: string[][] = [];
  const model: BatchModel = {
    space: { id: "3".repeat(32), name: "axes", dimensions: 4 },
    producer: { name: "axes", fidelity: { mean: 1, min: 1 } },
    modality: "picture",
    batchShape: { maxTokens: 100, maxRows: 4 },
    cost: () => 50,
    async run(pieces) {
      batches.push(pieces.map(contentOf));
      return Float32Array.from(
        pieces.flatMap((piece) => Array.from({ length: 4 }, (_, i) => Number(i === Number(contentOf(piece))))),
      );
    },
    close: async () => {},
  };
  return { model, batches };
}

test("pictures run in batches of their cost, equal ones once, in the order asked", async () => {
  const { model, batches } = axisModel();
  const lane = createLane(model);
  const vectors = await lane.embed(["2", "0", "2", "3"].map(pictureOf));
  expect(batches).toEqual([["2", "0"], ["3"]]);
  const axes = Array.from({ length: 4 }, (_, row) => vectors.slice(row * 4, row * 4 + 4).indexOf(1));
  expect(axes).toEqual([2, 0, 2, 3]);
  expect([lane.reads, lane.window]).toEqual([["picture"], undefined]);
});

test("a text is refused by an embedder of pictures", async () => {
  const { model } = axisModel();
  await expect(createLane(model).embed([{ modality: "text", text: "1" }])).rejects.toMatchObject({ code: "bad-input" });
});

test("a picture is cached by its digest, apart from a text of the same letters", async () => {
  const { model, batches } = axisModel();
  const cached = cacheEmbeddings(createLane(model), { store: createMemoryBytes({ maxBytes: 10_000 }) });
  const first = await cached.embed([pictureOf("1")]);
  expect(await cached.embed([pictureOf("1")])).toEqual(first);
  expect(batches).toEqual([["1"]]);
  expect(cached.stats()).toEqual({ hits: 1, misses: 1 });
  expect(cached.reads).toEqual(["picture"]);
  await expect(cached.embed([{ modality: "text", text: "1" }])).rejects.toMatchObject({ code: "bad-input" });
});
