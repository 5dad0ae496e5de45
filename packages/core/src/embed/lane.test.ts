import { describe, expect, test } from "vitest";
import { contentOf, textsOf } from "../pieces.ts";
import type { Piece } from "../ports/embedder.ts";
import { spaceOf } from "../space.ts";
import type { BatchModel, BatchShape } from "./batch-model.ts";
import { createLane } from "./lane.ts";

const SPACE = spaceOf({
  name: "angles",
  weights: "w",
  tokenizer: "t",
  preprocessing: "p",
  pooling: "none",
  normalization: "l2",
  dimensions: 2,
});

const pieces = (...texts: string[]): Piece[] => texts.map((text) => ({ modality: "text", text }));

/** A word's angle on the unit circle, so that each text has a vector of its own. */
function angleOf(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 6283, 7) / 1000;
}

interface ModelState {
  readonly batches: string[][];
  readonly aborted: number[];
  /** Ends the oldest run that is held. */
  release(): void;
  held: boolean;
  break?: (vectors: Float32Array) => void;
}

function angleModel(batchShape: BatchShape = { maxTokens: 100, maxRows: 4 }): BatchModel & { state: ModelState } {
  const waiting: (() => void)[] = [];
  const state: ModelState = { batches: [], aborted: [], release: () => waiting.shift()?.(), held: false };
  return {
    state,
    space: SPACE,
    producer: { name: "angles", fidelity: { mean: 1, min: 1 } },
    modality: "text",
    window: { limit: 50, count: (text) => text.length },
    batchShape,
    cost: (piece) => contentOf(piece).length,
    async run(given, signal) {
      const texts = textsOf(given);
      const batch = state.batches.push(texts) - 1;
      signal.addEventListener("abort", () => state.aborted.push(batch));
      if (state.held) await new Promise<void>((resolve) => waiting.push(resolve));
      const vectors = Float32Array.from(texts.flatMap((text) => [Math.cos(angleOf(text)), Math.sin(angleOf(text))]));
      state.break?.(vectors);
      return vectors;
    },
    close: async () => {},
  };
}

const expected = (...texts: string[]) =>
  Float32Array.from(texts.flatMap((text) => [Math.cos(angleOf(text)), Math.sin(angleOf(text))]));

describe("one lane per device", () => {
  test("rows come back in the caller's order although batches are sorted by length", async () => {
    const model = angleModel();
    const lane = createLane(model);
    expect(await lane.embed(pieces("long one", "a", "middle"))).toEqual(expected("long one", "a", "middle"));
    expect(model.state.batches).toEqual([["a", "middle", "long one"]]);
  });

  test("a text asked for twice is computed once and answered twice", async () => {
    const model = angleModel();
    const lane = createLane(model);
    const both = await Promise.all([lane.embed(pieces("a", "b", "a")), lane.embed(pieces("b"), { priority: "bulk" })]);
    expect(both).toEqual([expected("a", "b", "a"), expected("b")]);
    expect(model.state.batches.flat().sort()).toEqual(["a", "b"]);
  });

  test("a text that is being computed is joined, not computed again", async () => {
    const model = angleModel();
    const lane = createLane(model);
    model.state.held = true;
    const first = lane.embed(pieces("a"));
    await Promise.resolve();
    const second = lane.embed(pieces("a"));
    model.state.release();
    expect(await Promise.all([first, second])).toEqual([expected("a"), expected("a")]);
    expect(model.state.batches).toEqual([["a"]]);
  });

  test("a caller that asks for the same text again as soon as it is answered is answered again", async () => {
    const lane = createLane(angleModel());
    await lane.embed(pieces("a"));
    expect(await lane.embed(pieces("a"))).toEqual(expected("a"));
  });

  test("no batch is larger than its rows or its tokens", async () => {
    const model = angleModel({ maxTokens: 12, maxRows: 3 });
    await createLane(model).embed(pieces("a", "b", "c", "d", "123456", "654321", "a text longer than the budget"));
    for (const batch of model.state.batches) {
      expect(batch.length).toBeLessThanOrEqual(3);
      const tokens = batch.length * Math.max(...batch.map((text) => text.length));
      expect(batch.length === 1 || tokens <= 12, batch.join("|")).toBe(true);
    }
    expect(model.state.batches.flat()).toHaveLength(7);
  });

  test("a query goes before bulk work that waits, between batches", async () => {
    const model = angleModel({ maxTokens: 100, maxRows: 1 });
    const lane = createLane(model);
    model.state.held = true;
    const bulk = lane.embed(pieces("b1", "b2", "b3"), { priority: "bulk" });
    await Promise.resolve();
    const query = lane.embed(pieces("q"));
    model.state.held = false;
    model.state.release();
    await Promise.all([bulk, query]);
    expect(model.state.batches).toEqual([["b1"], ["q"], ["b2"], ["b3"]]);
  });

  test("bulk work has its share of the batches where queries never pause", async () => {
    const model = angleModel({ maxTokens: 100, maxRows: 1 });
    const lane = createLane(model);
    const queries = Array.from({ length: 30 }, (_, i) => lane.embed(pieces(`q${i}`)));
    const bulk = lane.embed(pieces("b1", "b2"), { priority: "bulk" });
    await Promise.all([...queries, bulk]);
    const order = model.state.batches.flat();
    expect(order.indexOf("b1")).toBeLessThan(10);
    expect(order.indexOf("b2") - order.indexOf("b1")).toBe(8);
  });

  test("a bulk text that a query asks for moves up and serves both", async () => {
    const model = angleModel({ maxTokens: 100, maxRows: 1 });
    const lane = createLane(model);
    model.state.held = true;
    const bulk = lane.embed(pieces("b1", "b2", "b3"), { priority: "bulk" });
    await Promise.resolve();
    const query = lane.embed(pieces("b3"));
    model.state.held = false;
    model.state.release();
    expect(await Promise.all([bulk, query])).toEqual([expected("b1", "b2", "b3"), expected("b3")]);
    expect(model.state.batches).toEqual([["b1"], ["b3"], ["b2"]]);
  });

  test("an abort takes waiting texts out of the queue", async () => {
    const model = angleModel({ maxTokens: 100, maxRows: 1 });
    const lane = createLane(model);
    const controller = new AbortController();
    const kept = lane.embed(pieces("shared"));
    const dropped = lane.embed(pieces("mine", "shared"), { signal: controller.signal });
    controller.abort("no longer wanted");
    await expect(dropped).rejects.toMatchObject({ code: "aborted", name: "AbortError", cause: "no longer wanted" });
    await kept;
    expect(model.state.batches).toEqual([["shared"]]);
  });

  test("a running batch is aborted only when nobody waits for it any more", async () => {
    const model = angleModel();
    const lane = createLane(model);
    model.state.held = true;
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = [lane.embed(pieces("a"), { signal: one.signal }), lane.embed(pieces("b"), { signal: two.signal })];
    const settled = Promise.allSettled(calls);
    await Promise.resolve();
    one.abort();
    expect(model.state.aborted).toEqual([]);
    two.abort();
    expect(model.state.aborted).toEqual([0]);
    model.state.release();
    await settled;
  });

  test.each([
    ["NaN", (vectors: Float32Array) => vectors.fill(Number.NaN, 0, 1)],
    ["infinity", (vectors: Float32Array) => vectors.fill(Number.POSITIVE_INFINITY, 0, 1)],
    ["a zero row", (vectors: Float32Array) => vectors.fill(0, 0, 2)],
    ["a norm that is not 1", (vectors: Float32Array) => vectors.fill(0.9, 0, 2)],
  ])("%s is never returned", async (_, spoil) => {
    const model = angleModel();
    model.state.break = spoil;
    await expect(createLane(model).embed(pieces("a"))).rejects.toMatchObject({ code: "numbers-not-proven" });
  });

  test("a run that fails rejects its callers and leaves the lane working", async () => {
    const model = angleModel();
    const lane = createLane(model);
    model.state.break = () => {
      throw new Error("device lost");
    };
    await expect(lane.embed(pieces("a"))).rejects.toThrow("device lost");
    delete model.state.break;
    expect(await lane.embed(pieces("a"))).toEqual(expected("a"));
  });

  test("closing rejects everyone who waits with closed", async () => {
    const model = angleModel({ maxTokens: 100, maxRows: 1 });
    const lane = createLane(model);
    model.state.held = true;
    const calls = Promise.allSettled([lane.embed(pieces("a")), lane.embed(pieces("b"))]);
    await Promise.resolve();
    const closing = lane.close();
    model.state.release();
    await closing;
    for (const call of await calls) expect(call).toMatchObject({ status: "rejected", reason: { code: "closed" } });
  });
});
