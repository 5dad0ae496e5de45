import type { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiThread } from "./api-thread.ts";

interface Made extends EventEmitter {
  readonly posted: (readonly [ask: string, transfer: ArrayBuffer[]])[];
}

const { made, opened } = vi.hoisted(() => ({
  made: [] as Made[],
  opened: {
    routes: [{ method: "GET", path: "/v1/models" }],
    models: { states: [["starter", { state: "ready" }]], summary: "one", settled: false },
  },
}));

// Worker threads that open at once, answer nothing, and end on the close message.
vi.mock("node:worker_threads", async () => {
  const { EventEmitter } = await import("node:events");
  class Worker extends EventEmitter {
    readonly posted: [string, ArrayBuffer[]][] = [];

    constructor() {
      super();
      made.push(this);
      queueMicrotask(() => this.emit("message", { tell: "open", opened }));
    }

    postMessage({ ask }: { ask: string }, transfer: ArrayBuffer[]): void {
      this.posted.push([ask, transfer]);
      if (ask === "close") this.emit("exit", 0);
    }
  }
  return { Worker };
});

const OPTIONS = {
  dataFolder: "",
  modelPlaces: [],
  runtimes: [],
  version: "0",
  runtime: "test",
  key: "unneeded",
} as const;
const request = { method: "GET", url: "http://pipit.test/v1/models", headers: {}, body: undefined, keys: undefined };
const asked = (thread: ApiThread) => thread.answer(request, new AbortController().signal);

/** Resolves after all messages of a thread so far were handled. */
const heard = () => new Promise((resume) => setImmediate(resume));

beforeEach(() => {
  made.length = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the routes and models of the thread are known when it has opened", async () => {
  const thread = await ApiThread.start(OPTIONS);
  expect([thread.routes, thread.models]).toEqual([opened.routes, opened.models]);
});

test("the models are settled when the thread says so", async () => {
  const thread = await ApiThread.start(OPTIONS);
  let isSettled = false;
  void thread.whenSettled().then(() => {
    isSettled = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isSettled).toBe(false);
  const news = { ...opened.models, settled: true };
  made[0]?.emit("message", { tell: "news", news });
  await thread.whenSettled();
  expect(thread.models).toEqual(news);
});

/** Ends the thread, and returns the milliseconds until another one starts. */
async function restAfterDeath(): Promise<number> {
  const { length } = made;
  made.at(-1)?.emit("exit", 7);
  await vi.advanceTimersByTimeAsync(0);
  let waited = 0;
  for (; made.length === length; waited += 500) await vi.advanceTimersByTimeAsync(500);
  await vi.advanceTimersByTimeAsync(0);
  return waited;
}

test("the next thread starts a second after an early end, then after twice that time, and at once if the last one ran for long", async () => {
  const thread = await ApiThread.start(OPTIONS);
  const rests: number[] = [];
  for (let i = 0; i < 7; i++) rests.push(await restAfterDeath());
  expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect([await restAfterDeath(), await restAfterDeath()]).toEqual([0, 1_000]);
  await thread.close();
});

test("the models count as loading from a thread's end until the next one has opened", async () => {
  const thread = await ApiThread.start(OPTIONS);
  made[0]?.emit("exit", 0);
  await heard();
  expect(thread.models).toMatchObject({ states: [["starter", { state: "loading" }]], settled: false });
  expect(console.error).toHaveBeenCalledWith("the thread that answers ended");
  await vi.advanceTimersByTimeAsync(1_000);
  await heard();
  expect(thread.models).toEqual(opened.models);
  asked(thread).catch(() => undefined);
  await vi.waitFor(() => expect(made[1]?.posted).toHaveLength(1));
});

test("the body of a request is transferred", async () => {
  const thread = await ApiThread.start(OPTIONS);
  const body = Uint8Array.of(1);
  for (const each of [request, { ...request, body }])
    thread.answer(each, new AbortController().signal).catch(() => undefined);
  await vi.waitFor(() => expect(made[0]?.posted).toHaveLength(2));
  expect(made[0]?.posted).toEqual([
    ["answer", []],
    ["answer", [body.buffer]],
  ]);
});

test("a thread that ends before it opens is not started again", async () => {
  const starting = ApiThread.start(OPTIONS);
  made[0]?.emit("exit", 7);
  await expect(starting).rejects.toMatchObject({ code: "worker-died" });
  vi.advanceTimersByTime(60_000);
  expect(made).toHaveLength(1);
});

test("a request after closing fails with closed, and no other thread starts", async () => {
  const thread = await ApiThread.start(OPTIONS);
  await thread.close();
  await expect(asked(thread)).rejects.toMatchObject({ code: "closed" });
  vi.advanceTimersByTime(60_000);
  expect(made).toHaveLength(1);
  expect(console.error).not.toHaveBeenCalled();
});

test("a request after closing fails with closed, although a restart of the thread was due", async () => {
  const thread = await ApiThread.start(OPTIONS);
  made[0]?.emit("exit", 7);
  await vi.waitFor(() => expect(console.error).toHaveBeenCalled());
  await expect(asked(thread)).rejects.toMatchObject({ code: "worker-died" });
  await thread.close();
  await expect(asked(thread)).rejects.toMatchObject({ code: "closed" });
  vi.advanceTimersByTime(60_000);
  expect(made).toHaveLength(1);
});
