import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { describe, expect, test } from "vitest";
import { loadBuild } from "./node.ts";
import { createHnsw } from "./search/graph/hnsw.ts";
import { pickModule } from "./shared/pick-module.ts";

const relaxed = createHnsw(await loadBuild("relaxed"));
const plain = createHnsw(await loadBuild("simd"));

// 3 and 37 leave padding, 384 is the real thing.
describe.each([3, 37, 384])("the two builds over %i dimensions", (dimensions) => {
  const vectors = uniformVectors(seeded(31), 1500, dimensions);
  const built = Promise.all(
    [relaxed, plain].map(async (kind) => {
      const index = await kind.create(dimensions);
      await index.add(rowsFrom(0, 1500), vectors);
      await index.remove(rowsFrom(200, 100));
      return index;
    }),
  );

  test("make the same graph, bit for bit", async () => {
    const [one, other] = await Promise.all((await built).map((index) => index.save()));
    expect(Buffer.compare(one!, other!)).toBe(0);
  });

  test("give the same answers, bit for bit", async () => {
    const [one, other] = await built;
    for (const query of someOf(vectors, dimensions)) {
      expect(await one!.search(query, { k: 10, ef: 20 })).toEqual(await other!.search(query, { k: 10, ef: 20 }));
    }
  });

  test("open each other's snapshots", async () => {
    const [one, other] = await built;
    const opened = await relaxed.open(await other!.save(), dimensions);
    for (const query of someOf(vectors, dimensions)) {
      expect(await opened.search(query, { k: 10 })).toEqual(await one!.search(query, { k: 10 }));
    }
  });
});

test("an engine with relaxed SIMD gets the relaxed build", async () => {
  expect(pickModule({ relaxed: "relaxed", simd: "simd" })).toBe("relaxed");
});

test("an engine without relaxed SIMD gets the plain build", () => {
  const validate = WebAssembly.validate;
  WebAssembly.validate = () => false;
  try {
    expect(pickModule({ relaxed: "relaxed", simd: "simd" })).toBe("simd");
  } finally {
    WebAssembly.validate = validate;
  }
});

test.each(["relaxed", "simd"])("search-%s.wasm is at most 40 kB on the wire", (build) => {
  const bytes = gzipSync(readFileSync(new URL(`../build/search-${build}.wasm`, import.meta.url))).length;
  const hint = `${bytes} bytes: every visitor loads this before the first search; what came in, and does it earn its place?`;
  expect(bytes, hint).toBeLessThanOrEqual(40 * 1024);
});

test.each(["relaxed", "maddubs", "simd"])("encoder-%s.wasm is at most 8 kB on the wire", (build) => {
  const bytes = gzipSync(readFileSync(new URL(`../build/encoder-${build}.wasm`, import.meta.url))).length;
  const hint = `${bytes} bytes: a visitor loads two of these before the first text is read; what came in, and does it earn its place?`;
  expect(bytes, hint).toBeLessThanOrEqual(8 * 1024);
});

function someOf(vectors: Float32Array, dimensions: number): Float32Array[] {
  return [1, 250, 777, 1499].map((row) => rowAt(vectors, row, dimensions).map((x, i) => x + (i % 3) / 100));
}
