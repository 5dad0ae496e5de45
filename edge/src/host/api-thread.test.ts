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
    models: { states: [], summary: "none", settled: true },
  },
}));

// Worker threads that open at once, answer nothing, and end when they are told to close.
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

beforeEach(() => {
  made.length = 0;
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the routes and models of the thread are known when it has opened", async () => {
  const thread = await ApiThread.start(OPTIONS);
  await thread.whenSettled();
  expect([thread.routes, thread.models]).toEqual([opened.routes, opened.models]);
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

test("a request after closing is told so, and no other thread starts", async () => {
  const thread = await ApiThread.start(OPTIONS);
  await thread.close();
  await expect(asked(thread)).rejects.toMatchObject({ code: "closed" });
  vi.advanceTimersByTime(60_000);
  expect(made).toHaveLength(1);
  expect(console.error).not.toHaveBeenCalled();
});

test("a request after closing is told so, though the thread was to be started again", async () => {
  const thread = await ApiThread.start(OPTIONS);
  made[0]?.emit("exit", 7);
  await vi.waitFor(() => expect(console.error).toHaveBeenCalled());
  await expect(asked(thread)).rejects.toMatchObject({ code: "worker-died" });
  await thread.close();
  await expect(asked(thread)).rejects.toMatchObject({ code: "closed" });
  vi.advanceTimersByTime(60_000);
  expect(made).toHaveLength(1);
});
