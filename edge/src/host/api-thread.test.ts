import type { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiThread } from "./api-thread.ts";

const { made } = vi.hoisted(() => ({ made: [] as EventEmitter[] }));

// Worker threads that open at once, answer nothing, and end when they are told to close.
vi.mock("node:worker_threads", async () => {
  const { EventEmitter } = await import("node:events");
  const opened = { routes: [], models: { states: [], summary: "none", settled: true } };
  class Worker extends EventEmitter {
    constructor() {
      super();
      made.push(this);
      queueMicrotask(() => this.emit("message", { tell: "open", opened }));
    }

    postMessage({ ask }: { ask: string }): void {
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

test("a request after closing is told so", async () => {
  const thread = await ApiThread.start(OPTIONS);
  await thread.close();
  await expect(asked(thread)).rejects.toMatchObject({ code: "closed" });
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
