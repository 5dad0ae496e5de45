import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Patience } from "./patience.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const CUT_OFF_MS = 1000;
const endless = () => new Promise<void>(() => undefined);

/** The `Patience` of work that has run for 400 ms and done the ten units that callers always wait for. */
async function longWork() {
  const patience = new Patience({ always: 10, cutOffMs: CUT_OFF_MS });
  patience.begin();
  await vi.advanceTimersByTimeAsync(400);
  patience.note(10);
  return patience;
}

async function waitsAt(patience: Patience): Promise<boolean> {
  let isWaiting = true;
  void patience.wait(endless).then(() => {
    isWaiting = false;
  });
  await vi.advanceTimersByTimeAsync(0);
  return isWaiting;
}

test("callers wait for the work while it has not run for a while, however much is done", async () => {
  const patience = new Patience({ always: 10 });
  patience.begin();
  patience.note(1000);
  expect(await waitsAt(patience)).toBe(true);
});

test("and while less than the amount `always` is done, however long it runs", async () => {
  const patience = new Patience({ always: 10 });
  patience.begin();
  await vi.advanceTimersByTimeAsync(60_000);
  patience.note(9);
  expect(await waitsAt(patience)).toBe(true);
});

test("after that they go on without it, and begin nothing", async () => {
  const patience = await longWork();
  const work = vi.fn(endless);
  await patience.wait(work);
  expect(work).not.toHaveBeenCalled();
});

test("a caller that waits already goes on when the work has run for long enough", async () => {
  const patience = new Patience({ always: 10 });
  patience.begin();
  const waiting = patience.wait(endless);
  await vi.advanceTimersByTimeAsync(310);
  patience.note(10);
  await vi.advanceTimersByTimeAsync(50);
  await waiting;
});

test("work that stops calling `note` counts as cut off: callers wait for the work that replaces it", async () => {
  const patience = await longWork();
  await vi.advanceTimersByTimeAsync(CUT_OFF_MS - 1);
  expect(await waitsAt(patience)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await waitsAt(patience)).toBe(true);
});

test.each(["begin", "end"] as const)("callers wait for the work that follows after its %s", async (change) => {
  const patience = await longWork();
  patience[change]();
  expect(await waitsAt(patience)).toBe(true);
});

test("a caller gets the failure of the work that it waits for", async () => {
  const patience = new Patience({ always: 10 });
  await expect(patience.wait(() => Promise.reject(new Error("no disk")))).rejects.toThrow("no disk");
  expect(vi.getTimerCount()).toBe(0);
});
