import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Background } from "./background.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Returns a function that tests whether the request has ended. */
function requestOf(background: Background): () => boolean {
  let hasEnded = false;
  void background.ended().then(() => {
    hasEnded = true;
  });
  return () => hasEnded;
}

describe("a request ends", () => {
  test("at once where nothing goes on behind it", async () => {
    const hasEnded = requestOf(new Background());
    await vi.advanceTimersByTimeAsync(0);
    expect(hasEnded()).toBe(true);
  });

  test("soon after all work behind it, whoever began that", async () => {
    const background = new Background();
    const ends = [background.begin(), background.begin()];
    const hasEnded = requestOf(background);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(hasEnded()).toBe(false);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(200);
    expect(hasEnded()).toBe(true);
  });

  test("before long although others begin work again and again", async () => {
    const background = new Background();
    background.begin();
    const hasEnded = requestOf(background);
    for (let second = 0; second < 32; second++) {
      background.begin();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(hasEnded()).toBe(true);
  });

  test("without waiting for work that was cut off long ago and never reports its end", async () => {
    const background = new Background();
    background.begin();
    await vi.advanceTimersByTimeAsync(31_000);
    const hasEnded = requestOf(background);
    await vi.advanceTimersByTimeAsync(200);
    expect(hasEnded()).toBe(true);
  });
});
