import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchAhead } from "./fetch-ahead.ts";

let file: ReadableStreamDefaultController<Uint8Array>;
let told: number[];
let isCancelled: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  serve({ "Cache-Control": "public, max-age=31536000" });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function serve(headers: Record<string, string>): void {
  isCancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      file = controller;
    },
    cancel() {
      isCancelled = true;
    },
  });
  vi.stubGlobal("fetch", async () => new Response(stream, { headers }));
}

/** Fetches a file of 100 bytes; `isOver` once that has resolved. */
function begin(): { isOver: boolean } {
  const state = { isOver: false };
  void fetchAhead("starter", { bytes: 100, onProgress: (bytes) => told.push(bytes) }).then(() => {
    state.isOver = true;
  });
  return state;
}
const receive = async (bytes: number) => {
  file.enqueue(new Uint8Array(bytes));
  await vi.advanceTimersByTimeAsync(1);
};

test("a slow file is waited for to its end, and its bytes are told on the way", async () => {
  const fetching = begin();
  await vi.advanceTimersByTimeAsync(500);
  await receive(60);
  expect(fetching.isOver).toBe(false);
  await receive(40);
  file.close();
  await vi.advanceTimersByTimeAsync(1);
  expect([fetching.isOver, told]).toEqual([true, [60, 100]]);
});

test("a file that comes fast is not waited for", async () => {
  const fetching = begin();
  await receive(20);
  expect(fetching.isOver).toBe(false);
  await receive(20);
  expect(fetching.isOver).toBe(true);
  await receive(60);
  expect(told).toEqual([20, 40, 100]);
});

test("a failure is left to the worker", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  const fetching = begin();
  await vi.advanceTimersByTimeAsync(1);
  expect(fetching.isOver).toBe(true);
});

test.each([
  [{}, false],
  [{ "Cache-Control": "no-cache" }, false],
  [{ "Cache-Control": "no-store", ETag: '"1"' }, false],
  [{ "Cache-Control": "max-age=0" }, false],
  [{ "Cache-Control": "no-cache", ETag: '"1"' }, true],
  [{ "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT" }, true],
  [{ "Cache-Control": "max-age=600" }, true],
])("a file with the headers %j is fetched ahead if the cache keeps it: %s", async (headers, isKept) => {
  serve(headers);
  begin();
  await vi.advanceTimersByTimeAsync(1);
  expect(isCancelled).toBe(!isKept);
});
