import { rowsFrom } from "@pipit/test/fixtures/recall";
import { seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { loadBuild } from "../../node.ts";
import type { GraphShape } from "../options.ts";
import { HEADER_BYTES, SearchKernel } from "./search-kernel.ts";

const D = 64;
const shape: GraphShape = {
  ...{ dimensions: D, m: 8, efConstruction: 32, seed: 1 },
  ...{ metric: "inner-product", originals: "f32", measured: "codes" },
};

const ABSENT = { size: 2, startThread: async () => {} };
// Of the header block's words.
const COUNT = 6;

test("rows for which no room was made are refused where memory cannot grow, and none are added", async () => {
  const kernel = new SearchKernel(await loadBuild("relaxed"), shape, { maxBytes: 2 ** 20 });
  const vectors = uniformVectors(seeded(81), 100, D);
  const fill = () => {
    for (let first = 0; first < 10_000; first += 100) kernel.insert(rowsFrom(first, 100), vectors);
  };
  expect(fill).toThrow(expect.objectContaining({ code: "storage-full" }));
  expect([kernel.count % 100, kernel.isSound()]).toEqual([0, true]);
});

test("an empty graph whose memory has grown answers a scan with no hits", async () => {
  const kernel = new SearchKernel(await loadBuild("relaxed"), { ...shape, dimensions: 4096 }, { maxBytes: 2 ** 24 });
  kernel.reserve(100);
  expect(kernel.scan(new Float32Array(4096).fill(0.1), new Uint32Array(), { k: 5 })).toEqual({
    rows: new Uint32Array(),
    distances: new Float32Array(),
  });
});

test("threads answer one query at a time when its hits are more than a turn's", async () => {
  const kernel = new SearchKernel(await loadBuild("threads"), shape, { maxBytes: 2 ** 20, pool: ABSENT });
  await kernel.startThreads(ABSENT);
  const header = new Uint32Array(HEADER_BYTES / 4);
  header[COUNT] = 100_000;
  kernel.begin(header);
  expect([10, 100_000].map((k) => kernel.queriesFor(k))).toEqual([128, 1]);
});
