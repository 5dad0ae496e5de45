import { afterEach, beforeEach, expect, test, vi } from "vitest";

const heap = vi.hoisted(() => ({ bytes: 0 }));
vi.mock("node:v8", () => ({ getHeapStatistics: () => ({ total_physical_size: heap.bytes }) }));

const { collectWhenQuiet } = await import("./collect-when-quiet.ts");

const MB = 1 << 20;
/** A collection that halves the heap. */
const collect = vi.fn(() => {
  heap.bytes /= 2;
  return Promise.resolve();
});

beforeEach(() => {
  vi.useFakeTimers();
  collect.mockClear();
  heap.bytes = 80 * MB;
});
afterEach(() => void vi.useRealTimers());

function quietAt(bytes: number, noteWork: () => void): number {
  heap.bytes = bytes;
  noteWork();
  vi.advanceTimersByTime(3_000);
  return collect.mock.calls.length;
}

test("a thread collects once, three seconds after its last work, and returns the pages that it empties", () => {
  const noteWork = collectWhenQuiet(collect as never);
  for (let i = 0; i < 10; i++) {
    vi.advanceTimersByTime(2_900);
    noteWork();
  }
  vi.advanceTimersByTime(2_900);
  expect(collect).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  expect(collect.mock.calls).toEqual([[{ type: "major", flavor: "last-resort", execution: "sync" }]]);
});

test("a thread that did nothing yet collects what its start left", () => {
  collectWhenQuiet(collect as never);
  vi.advanceTimersByTime(3_000);
  expect(collect).toHaveBeenCalledOnce();
});

test("a heap that grew by less than eight megabytes, or a quarter, since the last collection is left alone", () => {
  const noteWork = collectWhenQuiet(collect as never);
  expect(quietAt(20 * MB, noteWork)).toBe(1);
  expect(quietAt(17 * MB, noteWork)).toBe(1);
  expect(quietAt(200 * MB, noteWork)).toBe(2);
  expect(quietAt(124 * MB, noteWork)).toBe(2);
  expect(quietAt(126 * MB, noteWork)).toBe(3);
});

test("the wait for quiet keeps no process alive", () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  collectWhenQuiet(collect as never);
  expect(timers.mock.results[0]?.value.hasRef()).toBe(false);
});

test("without the means to collect, nothing is done", () => {
  const noteWork = collectWhenQuiet(undefined);
  expect(quietAt(500 * MB, noteWork)).toBe(0);
});
