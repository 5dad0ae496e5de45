import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { IndexKind } from "@pipit/core";
import { releaseProxy } from "comlink";
import { expect, test, vi } from "vitest";
import { choice, freshName, later, parts, slowEmbedder } from "../fixtures/proxies.ts";
import { TabHost } from "./tab-host.ts";

type Callbacks = Parameters<TabHost["open"]>[1] & Parameters<TabHost["improve"]>[1] & Parameters<TabHost["add"]>[1];

const callbacks = { changed: () => undefined, progress: () => undefined, [releaseProxy]: () => undefined };

test("a call that has ended is forgotten: aborting it reaches nothing", async () => {
  let given: AbortSignal | undefined;
  parts.better = async (_request, { signal }) => {
    given = signal;
    return { none: "this host has one model" };
  };
  const host = new TabHost(parts);
  const handle = await host.open({ name: freshName(), starterUrl: "" }, callbacks as unknown as Callbacks);
  await host.improve({ handle, call: 7 }, callbacks as unknown as Callbacks);
  host.abort(7);
  expect(given?.aborted).toBe(false);
  await host.end();
});

test("opened early, it answers by words before the first embedder is there, and is whole after the queries that are asked", async () => {
  const loading = Promise.withResolvers<Awaited<ReturnType<typeof parts.first>>>();
  const embedder = slowEmbedder("first");
  const host = new TabHost({ ...parts, space: embedder.space, first: () => loading.promise });
  const request = { name: freshName(), starterUrl: "", early: "words" as const };
  const address = { handle: await host.open(request, callbacks as unknown as Callbacks), call: 1 };
  const whole = host.whole(address);
  expect((await host.search(address, { text: "bird" }, {})).partial).toBe(true);
  loading.resolve(choice(embedder));
  await whole;
  expect((await host.search(address, { text: "bird" }, {})).partial).toBeUndefined();
  await host.end();
});

test("without a known space, opening early waits for the first embedder", async () => {
  const host = new TabHost(parts);
  const request = { name: freshName(), starterUrl: "", early: "words" as const };
  const address = { handle: await host.open(request, callbacks as unknown as Callbacks), call: 1 };
  expect((await host.search(address, { text: "bird" }, {})).partial).toBeUndefined();
  await host.end();
});

test("opened early, it loads its index when the first vectors come, and tells of a limit then", async () => {
  const embedder = slowEmbedder("first");
  const index = vi.fn(() => Promise.reject<IndexKind>(new Error("no module")));
  const first = async () => choice(embedder);
  const host = new TabHost({ ...parts, space: embedder.space, first, index, indexName: "shared" });
  const limited = vi.fn();
  const entries = [[{ id: "a", text: "a bird" }], []];
  const pull = async () => entries.shift();
  const page = { ...callbacks, limited, pull } as unknown as Callbacks;
  const request = { name: freshName(), starterUrl: "", early: "words" as const };
  const address = { handle: await host.open(request, page), call: 1 };
  await host.add(address, page, { meaning: "later" });
  expect((await host.search(address, { text: "bird" }, {})).hits).toHaveLength(1);
  expect(index).not.toHaveBeenCalled();
  await host.complete(address, page);
  expect((await host.search(address, { text: "bird" }, {})).hits[0]?.evidence.cosine).toBeGreaterThan(0);
  expect([index.mock.calls.length, limited.mock.calls]).toEqual([
    1,
    [[expect.objectContaining({ what: "webassembly" })]],
  ]);
  await host.end();
});

test("a better model that cannot compute any more is replaced by the first embedder, then by what is better now", async () => {
  let tell = () => {};
  const unusable = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const models = [
    { ...choice(slowEmbedder("gpu"), "proven on webgpu"), unusable },
    choice(slowEmbedder("cpu"), "proven on wasm"),
  ];
  const waiting: (() => void)[] = [];
  parts.better = async () => {
    if (models.length === 1) await new Promise<void>((resolve) => waiting.push(resolve));
    return models.shift()!;
  };
  const host = new TabHost(parts);
  const handle = await host.open({ name: freshName(), starterUrl: "" }, callbacks as unknown as Callbacks);
  const whyNow = async () => (await host.stats({ handle, call: 1 })).why;
  const first = await whyNow();
  await host.improve({ handle, call: 7 }, callbacks as unknown as Callbacks);
  expect(await whyNow()).toBe("proven on webgpu");
  tell();
  await vi.waitFor(async () => expect(await whyNow()).toBe(first));
  await vi.waitFor(() => waiting.pop()!());
  await vi.waitFor(async () => expect(await whyNow()).toBe("proven on wasm"));
  await host.end();
});

test("a better model that no backend computes any more leaves the first embedder, and the console says why", async () => {
  let tell = () => {};
  const unusable = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const answers = [{ ...choice(slowEmbedder("gpu"), "proven on webgpu"), unusable }, { none: "no adapter" }];
  parts.better = async () => answers.shift()!;
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const host = new TabHost(parts);
  const handle = await host.open({ name: freshName(), starterUrl: "" }, callbacks as unknown as Callbacks);
  const first = (await host.stats({ handle, call: 1 })).why;
  await host.improve({ handle, call: 7 }, callbacks as unknown as Callbacks);
  tell();
  await vi.waitFor(() => expect(warn.mock.calls.flat().join()).toContain("no adapter"));
  expect((await host.stats({ handle, call: 1 })).why).toBe(first);
  warn.mockRestore();
  await host.end();
});

test("a model that cannot compute any more changes nothing in collections that were closed", async () => {
  let tell = () => {};
  const unusable = new Promise<void>((resolve) => {
    tell = resolve;
  });
  let loads = 0;
  parts.better = async () => {
    loads++;
    return { ...choice(slowEmbedder("gpu")), unusable };
  };
  const host = new TabHost(parts);
  const handle = await host.open({ name: freshName(), starterUrl: "" }, callbacks as unknown as Callbacks);
  await host.improve({ handle, call: 7 }, callbacks as unknown as Callbacks);
  await host.close(handle);
  tell();
  await later();
  expect(loads).toBe(1);
  await host.end();
});

test("entries that are stored are held no longer, though their call goes on", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const given: WeakRef<object>[] = [];
  let held = 0;
  const pull = async () => {
    if (given.length === 1_000) {
      await later();
      collectGarbage();
      held = given.slice(0, 500).filter((entry) => entry.deref()).length;
      return [];
    }
    const entries = Array.from({ length: 50 }, (_, at) => ({ id: `${given.length + at}`, text: "a bird" }));
    given.push(...entries.map((entry) => new WeakRef(entry)));
    return entries;
  };
  const host = new TabHost(parts);
  const handle = await host.open({ name: freshName(), starterUrl: "" }, callbacks as unknown as Callbacks);
  await host.add({ handle, call: 1 }, { ...callbacks, pull } as unknown as Callbacks);
  expect(held).toBe(0);
  await host.end();
});
