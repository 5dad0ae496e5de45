import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Announcer } from "./announcer.ts";

const SETTLED_MS = 200;
let region: { textContent: string };
let announcer: Announcer;

beforeEach(() => {
  vi.useFakeTimers();
  region = { textContent: "" };
  announcer = new Announcer(region as HTMLElement);
});

afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTime(SETTLED_MS);

test("a text that is replaced at once is never written", () => {
  const written: string[] = [];
  Object.defineProperty(region, "textContent", { get: () => written.at(-1) ?? "", set: (text) => written.push(text) });
  announcer.say("Searching…");
  vi.advanceTimersByTime(SETTLED_MS - 1);
  announcer.say("2 results");
  settle();
  settle();
  expect(written).toEqual(["2 results"]);
});

test("a repeated text differs from the shown text, each time", () => {
  const said = [];
  for (let i = 0; i < 3; i++) {
    announcer.say("2 results");
    settle();
    said.push(region.textContent);
  }
  expect(said).toEqual(["2 results", "2 results\u00a0", "2 results"]);
});

test("after it is silenced, it writes neither former nor waiting texts", () => {
  announcer.say("1 result");
  settle();
  announcer.say("2 results");
  announcer.silence();
  expect(region.textContent).toBe("");
  settle();
  expect(region.textContent).toBe("");
});
