import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchHeartbeat } from "./death-watch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
const MINUTE = 60_000;

test("a worker that does not answer any more counts as dead", async () => {
  const dead = vi.fn();
  watchHeartbeat({ ask: never, isAwaited: () => true }, dead);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(dead).toHaveBeenCalled();
});

test("a worker that is busy for ten seconds is not", async () => {
  const dead = vi.fn();
  const late = () => new Promise((resolve) => setTimeout(resolve, 10_000));
  watchHeartbeat({ ask: late, isAwaited: () => true }, dead);
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(dead).not.toHaveBeenCalled();
});

test("a worker is not asked while no call waits for it", async () => {
  const ask = vi.fn(never);
  const dead = vi.fn();
  watchHeartbeat({ ask, isAwaited: () => false }, dead);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect([ask, dead].map((called) => called.mock.calls.length)).toEqual([0, 0]);
});

test("a watch that was stopped tells of nothing", async () => {
  const dead = vi.fn();
  watchHeartbeat({ ask: never, isAwaited: () => true }, dead).stop();
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(dead).not.toHaveBeenCalled();
});
