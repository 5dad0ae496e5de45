import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BodyBudget } from "./body-budget.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const BUSY = expect.objectContaining({ status: 503 });

test("bodies that have arrived, or have just begun, are not given up for others", () => {
  const budget = new BodyBudget(100);
  const whole = budget.open();
  whole.take(60);
  whole.arrived();
  vi.advanceTimersByTime(60_000);
  const young = budget.open();
  young.take(30);
  expect(() => budget.open().take(20)).toThrow(BUSY);
  expect([whole.signal.aborted, young.signal.aborted]).toEqual([false, false]);
  whole.giveBack();
  budget.open().take(70);
});

test("the body that arrives slowest is given up for one that needs its room", () => {
  const budget = new BodyBudget(100);
  const [drip, steady] = [budget.open(), budget.open()];
  drip.take(59);
  steady.take(10);
  for (let second = 0; second < 8; second++) {
    vi.advanceTimersByTime(1_000);
    steady.take(3);
    if (second === 6) drip.take(1);
  }
  budget.open().take(36);
  expect(drip.signal.reason).toMatchObject({ status: 503, headers: { Connection: "close" } });
  expect(() => drip.take(1)).toThrow(BUSY);
  expect(steady.signal.aborted).toBe(false);
  // A second call must not return its bytes again.
  drip.giveBack();
  budget.open().take(30);
  expect(steady.signal.aborted).toBe(false);
  budget.open().take(1);
  expect(steady.signal.aborted).toBe(true);
});

test("a body is not given up for itself", () => {
  const budget = new BodyBudget(100);
  const one = budget.open();
  one.take(60);
  vi.advanceTimersByTime(10_000);
  expect(() => one.take(60)).toThrow(BUSY);
  expect(one.signal.aborted).toBe(false);
});
