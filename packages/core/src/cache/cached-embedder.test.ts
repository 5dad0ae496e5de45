import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { throwIfAborted } from "../errors.ts";
import { textsOf } from "../pieces.ts";
import type { ByteStore } from "../ports/byte-store.ts";
import type { Embedder, Piece } from "../ports/embedder.ts";
import { spaceOf } from "../space.ts";
import { cacheKey } from "./cache-key.ts";
import { cacheEmbeddings } from "./cached-embedder.ts";
import { createMemoryBytes } from "./memory-bytes.ts";

const PARTS = {
  name: "angles",
  weights: "w",
  tokenizer: "t",
  preprocessing: "p",
  pooling: "none",
  normalization: "l2",
  dimensions: 2,
} as const;

const pieces = (...texts: string[]): Piece[] => texts.map((text) => ({ modality: "text", text }));
const angleOf = (text: string) => [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 6283, 7) / 1000;
const expected = (...texts: string[]) =>
  Float32Array.from(texts.flatMap((text) => [Math.cos(angleOf(text)), Math.sin(angleOf(text))]));

interface Inner extends Embedder {
  readonly asked: string[][];
  readonly aborts: number[];
  hold(): () => void;
}

function innerEmbedder(producer = "angles"): Inner {
  const asked: string[][] = [];
  const aborts: number[] = [];
  let gate: Promise<void> | undefined;
  return {
    asked,
    aborts,
    hold() {
      let open = () => {};
      gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      return open;
    },
    space: spaceOf(PARTS),
    producer: { name: producer, fidelity: { mean: 1, min: 1 } },
    window: { limit: 10, count: (text) => text.length },
    async embed(pieces, { signal } = {}) {
      const call = asked.push(textsOf(pieces)) - 1;
      const note = () => aborts.push(call);
      signal?.addEventListener("abort", note);
      await gate;
      throwIfAborted(signal);
      return expected(...textsOf(pieces));
    },
    close: async () => {},
  };
}

const memory = () => createMemoryBytes({ maxBytes: 100_000 });
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

describe("a cache round an embedder", () => {
  test("a text is computed once and then remembered to the bit", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    const fresh = await cached.embed(pieces("owl"));
    await tick();
    expect(await cached.embed(pieces("owl"))).toEqual(fresh);
    expect(inner.asked).toEqual([["owl"]]);
    expect(cached.stats()).toEqual({ hits: 1, misses: 1 });
  });

  test.each([
    [["a", "b", "c"], ["b"]],
    [["b", "a", "b", "c", "a", "b"], ["a"]],
    [["c", "c", "c"], []],
    [
      ["a", "b"],
      ["a", "b"],
    ],
  ])("the request's order holds for %j when %j are remembered", async (asked, known) => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    await cached.embed(pieces(...known));
    await tick();
    inner.asked.length = 0;
    const before = cached.stats().hits;
    expect(await cached.embed(pieces(...asked))).toEqual(expected(...asked));
    const missing = [...new Set(asked)].filter((text) => !known.includes(text));
    expect(inner.asked.flat()).toEqual(missing);
    expect(cached.stats().hits - before).toBe(asked.length - missing.length);
  });

  test("callers at once share one computation", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    const answers = await Promise.all([cached.embed(pieces("a", "b")), cached.embed(pieces("b", "c"))]);
    expect(answers).toEqual([expected("a", "b"), expected("b", "c")]);
    expect(inner.asked.flat().sort()).toEqual(["a", "b", "c"]);
  });

  test("one caller's abort leaves the shared computation to the others", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    const open = inner.hold();
    const controller = new AbortController();
    const leaving = cached.embed(pieces("a"), { signal: controller.signal });
    const staying = cached.embed(pieces("a"));
    await tick();
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: "aborted" });
    open();
    expect(await staying).toEqual(expected("a"));
    expect(inner.aborts).toEqual([]);
  });

  test("when all callers have left the computation is aborted, and the next one starts anew", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    const open = inner.hold();
    const controller = new AbortController();
    const calls = [1, 2].map(() => cached.embed(pieces("a"), { signal: controller.signal }));
    const settled = Promise.allSettled(calls);
    await tick();
    controller.abort();
    await settled;
    expect(inner.aborts).toEqual([0]);
    const again = cached.embed(pieces("a"));
    open();
    expect(await again).toEqual(expected("a"));
  });

  test("a query does not wait behind a bulk call's computation", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    const open = inner.hold();
    const bulk = cached.embed(pieces("a", "b"), { priority: "bulk" });
    await tick();
    const query = cached.embed(pieces("a"), { priority: "query" });
    await tick();
    expect(inner.asked).toEqual([["a", "b"], ["a"]]);
    open();
    expect(await Promise.all([bulk, query])).toEqual([expected("a", "b"), expected("a")]);
  });

  test("a failed computation is not remembered", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: memory() });
    const embed = vi.spyOn(inner, "embed").mockRejectedValueOnce(new Error("device lost"));
    await expect(cached.embed(pieces("a"))).rejects.toThrow("device lost");
    expect(await cached.embed(pieces("a"))).toEqual(expected("a"));
    expect(embed).toHaveBeenCalledTimes(2);
  });

  test("callers at once share one computation where nothing can be stored", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, { store: { ...memory(), getMany: async () => [undefined] } });
    const answers = await Promise.all([cached.embed(pieces("a")), cached.embed(pieces("a"))]);
    expect(answers).toEqual([expected("a"), expected("a")]);
    expect(inner.asked).toEqual([["a"]]);
  });

  test("a text that is still being stored is not computed again", async () => {
    const inner = innerEmbedder();
    const working = memory();
    const stored = Promise.withResolvers<void>();
    const store: ByteStore = { ...working, putMany: (records) => stored.promise.then(() => working.putMany(records)) };
    const cached = cacheEmbeddings(inner, { store });
    await cached.embed(pieces("a"));
    await tick();
    expect(await cached.embed(pieces("a"))).toEqual(expected("a"));
    expect(inner.asked).toEqual([["a"]]);
    let closed = false;
    const closing = cached.close().then(() => {
      closed = true;
    });
    await tick();
    expect(closed).toBe(false);
    stored.resolve();
    await closing;
  });

  test("a bulk call that lands leaves a query's own computation to be joined", async () => {
    const inner = innerEmbedder();
    const cached = cacheEmbeddings(inner, {
      store: { ...memory(), getMany: async (keys) => keys.map(() => undefined) },
    });
    const openBulk = inner.hold();
    const bulk = cached.embed(pieces("a"), { priority: "bulk" });
    await tick();
    const openQuery = inner.hold();
    const query = cached.embed(pieces("a"));
    await tick();
    openBulk();
    await bulk;
    await tick();
    const joining = cached.embed(pieces("a"));
    await tick();
    expect(inner.asked).toHaveLength(2);
    openQuery();
    expect(await Promise.all([query, joining])).toEqual([expected("a"), expected("a")]);
  });

  test("a computation whose caller was cut off is done by one that waits for it", async () => {
    const inner = innerEmbedder();
    const embed = vi.spyOn(inner, "embed").mockReturnValueOnce(new Promise(() => undefined));
    const cached = cacheEmbeddings(inner, { store: memory(), cutOffMs: 20 });
    void cached.embed(pieces("a"));
    expect(await cached.embed(pieces("a"))).toEqual(expected("a"));
    expect(embed).toHaveBeenCalledTimes(2);
  });

  test("a cached vector is not returned to a caller that left, nor after closing", async () => {
    const cached = cacheEmbeddings(innerEmbedder(), { store: memory() });
    await cached.embed(pieces("a"));
    await tick();
    const gone = cached.embed(pieces("a"), { signal: AbortSignal.abort() });
    await expect(gone).rejects.toMatchObject({ code: "aborted" });
    await cached.close();
    await expect(cached.embed(pieces("a"))).rejects.toMatchObject({ code: "closed" });
  });

  test("a signal that outlives its calls is not listened to by them", async () => {
    const { signal } = new AbortController();
    await cacheEmbeddings(innerEmbedder(), { store: memory() }).embed(pieces("a"), { signal });
    await tick();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("a failure of the store is a miss, and is reported once until the store works again", async () => {
    const working = memory();
    let broken = true;
    const guard = <T>(call: () => Promise<T>) => (broken ? Promise.reject(new Error("link cut")) : call());
    const store: ByteStore = {
      ...working,
      getMany: (keys) => guard(() => working.getMany(keys)),
      putMany: (records) => guard(() => working.putMany(records)),
    };
    const onStoreError = vi.fn();
    const cached = cacheEmbeddings(innerEmbedder(), { store, onStoreError });
    expect(await cached.embed(pieces("a"))).toEqual(expected("a"));
    await cached.embed(pieces("b"));
    expect(onStoreError).toHaveBeenCalledTimes(1);
    broken = false;
    await cached.embed(pieces("c"));
    broken = true;
    await cached.embed(pieces("d"));
    expect(onStoreError).toHaveBeenCalledTimes(2);
  });

  test.each([
    ["cut short", (bytes: Uint8Array) => bytes.slice(0, 4)],
    ["overwritten with zeros", (bytes: Uint8Array) => new Uint8Array(bytes.length)],
  ])("a stored vector that was %s is computed anew", async (_, spoil) => {
    const inner = innerEmbedder();
    const working = memory();
    const store: ByteStore = {
      ...working,
      getMany: async (keys) => (await working.getMany(keys)).map((found) => found && new Uint8Array(spoil(found))),
    };
    const cached = cacheEmbeddings(inner, { store });
    await cached.embed(pieces("a"));
    await tick();
    expect(await cached.embed(pieces("a"))).toEqual(expected("a"));
    expect(inner.asked).toHaveLength(2);
  });

  test("two producers, or two devices, share one store and never a vector", async () => {
    const store = memory();
    const [fp32, q8, gpu] = [innerEmbedder("fp32"), innerEmbedder("q8"), innerEmbedder("fp32")];
    await cacheEmbeddings(fp32, { store }).embed(pieces("a"));
    await cacheEmbeddings(q8, { store }).embed(pieces("a"));
    await cacheEmbeddings(gpu, { store, device: "webgpu" }).embed(pieces("a"));
    expect([fp32, q8, gpu].map((inner) => inner.asked.length)).toEqual([1, 1, 1]);
  });
});

describe("cache keys", () => {
  const keyOf = (space: string, producer: string, text: string) =>
    cacheKey({ space, producer, device: "" }, { modality: "text", text });

  test("parts cannot be shifted into one another", () => {
    expect(keyOf("ab", "c", "d")).not.toBe(keyOf("a", "bc", "d"));
    expect(keyOf("a", "b", "textc")).not.toBe(keyOf("a", "btext", "c"));
  });

  test("two different lone surrogates are two inputs", () => {
    expect(keyOf("a", "b", "\ud800")).not.toBe(keyOf("a", "b", "\ud801"));
    expect(keyOf("a", "b", "\ud800")).not.toBe(keyOf("a", "b", "\ufffd"));
  });
});
