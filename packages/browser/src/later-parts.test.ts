import { exactIndex, lateInteraction, type TokenScorer } from "@pipit/core";
import { loadIndex } from "@pipit/wasm/node";
import { expect, test, vi } from "vitest";
import { laterIndex, laterScorer } from "./later-parts.ts";
import { shippedParts } from "./shipped-parts.ts";

const query = { dimensions: 8, vectors: new Float32Array(8).fill(Math.sqrt(1 / 8)), weights: Float32Array.of(1) };
const documents = [0b11111111, 0b00001111].map((bits) => ({ tokenBytes: 1, bits: Uint8Array.of(bits) }));
const reference = Float32Array.from(documents, (document) => lateInteraction(query, document));

test("an index is loaded once, and again after a failure", async () => {
  const load = vi.fn(async () => exactIndex).mockRejectedValueOnce(new Error("offline"));
  const index = laterIndex("exact", load);
  expect(load).not.toHaveBeenCalled();
  await expect(index.create(4)).rejects.toThrow("offline");
  const made = await index.create(4);
  const opened = await index.open(await made.save(), 4);
  expect([opened.stats().dimensions, load.mock.calls.length]).toEqual([4, 2]);
});

test("the name by which a collection is opened is that of the index", async () => {
  expect(shippedParts.indexName).toBe((await loadIndex()).name);
});

test("a scorer gives the reference's scores until it is loaded", async () => {
  const own: TokenScorer = { score: () => Float32Array.of(7, 7) };
  const scorer = laterScorer(async () => own);
  expect(scorer.score(query, documents)).toEqual(reference);
  await new Promise((loaded) => setTimeout(loaded));
  expect(scorer.score(query, documents)).toEqual(Float32Array.of(7, 7));
});

test("a scorer that cannot be loaded leaves the reference", async () => {
  const scorer = laterScorer(() => Promise.reject(new Error("no module")));
  for (let call = 0; call < 2; call++) {
    expect(scorer.score(query, documents)).toEqual(reference);
    await new Promise((failed) => setTimeout(failed));
  }
});
