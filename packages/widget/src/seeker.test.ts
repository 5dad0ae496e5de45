import type { SearchResult } from "@pipit/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Finding, Seeker } from "./seeker.ts";

const PAUSE = 60;
const RENEW = 300;
const asked: {
  query: string;
  signal: AbortSignal;
  answer: (result: SearchResult) => void;
  fail: (e: Error) => void;
}[] = [];
let told: Finding[] = [];
let seeker: Seeker;
let mayChange = true;

const result = { hits: [], confidence: 0, space: "s", producer: "p", took: { embed: 0, search: 0, total: 0 } };

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  told = [];
  mayChange = true;
  seeker = new Seeker({
    ask: (query, signal) =>
      new Promise((answer, fail) => {
        asked.push({ query, signal, answer, fail });
      }),
    tell: (finding) => told.push(finding),
    pauseMs: PAUSE,
    mayChange: () => mayChange,
  });
});

afterEach(() => {
  vi.useRealTimers();
});

async function type(text: string): Promise<void> {
  seeker.type(text);
  await vi.advanceTimersByTimeAsync(PAUSE);
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("letters typed without a pause are asked once", async () => {
  seeker.type("b");
  seeker.type("bi");
  await type("bird");
  expect(asked.map(({ query }) => query)).toEqual(["bird"]);
});

test("the pause begins anew with each letter, and the typed text is reported meanwhile", () => {
  for (const text of ["b", "bi", "bird"]) {
    seeker.type(text);
    vi.advanceTimersByTime(PAUSE - 1);
  }
  expect(asked).toEqual([]);
  expect(told.at(-1)).toEqual({ phase: "searching", query: "bird" });
});

test("the former search is aborted by the next", async () => {
  await type("bird");
  await type("birds");
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
});

test("a late answer never replaces a newer one", async () => {
  await type("old");
  await type("new");
  asked[1]!.answer(result);
  await settle();
  asked[0]!.answer(result);
  await settle();
  expect(told.at(-1)).toMatchObject({ phase: "found", query: "new" });
});

test("a late failure of a former search is not reported", async () => {
  await type("old");
  await type("new");
  asked[0]!.fail(new Error("too late"));
  await settle();
  expect(told.some(({ phase }) => phase === "failed")).toBe(false);
});

test("a query that differs by space around it is not asked again", async () => {
  await type("bird");
  await type("bird ");
  expect(asked.length).toBe(1);
});

test("clearing the field ends the search", async () => {
  await type("bird");
  seeker.type("");
  expect([asked[0]!.signal.aborted, told.at(-1)]).toEqual([true, { phase: "idle" }]);
});

test("asking now does not wait for the pause, and is not asked twice", async () => {
  seeker.type("bird");
  seeker.askNow();
  await vi.advanceTimersByTimeAsync(PAUSE);
  expect(asked.length).toBe(1);
});

test("asking now and answered within the pause, it is not asked again after it", async () => {
  seeker.type("bird");
  seeker.askNow();
  asked[0]!.answer(result);
  await vi.advanceTimersByTimeAsync(PAUSE);
  expect(asked.length).toBe(1);
});

test("asking now leaves a running search alone", async () => {
  await type("bird");
  seeker.askNow();
  expect([asked.length, asked[0]!.signal.aborted]).toEqual([1, false]);
});

test("asking now after a failure tries again", async () => {
  await type("bird");
  asked[0]!.fail(new Error("no network"));
  await settle();
  seeker.askNow();
  expect([told.at(-1)?.phase, asked.length]).toEqual(["failed", 2]);
});

test("an error that an engine throws before it returns a promise is reported as a failure", async () => {
  const telling: Finding[] = [];
  const ask = () => {
    throw new Error("at once");
  };
  new Seeker({ ask, tell: (finding) => telling.push(finding), pauseMs: PAUSE, mayChange: () => true }).type("bird");
  await vi.advanceTimersByTimeAsync(PAUSE);
  expect(telling.at(-1)).toMatchObject({ phase: "failed" });
});

test("stopped, it asks nothing more, and asks for the same text again when it is typed", async () => {
  seeker.type("bird");
  seeker.stop();
  await vi.advanceTimersByTimeAsync(PAUSE);
  expect(asked).toEqual([]);
  await type("bird");
  expect(asked.length).toBe(1);
  seeker.stop();
  expect(asked[0]!.signal.aborted).toBe(true);
});

test("an empty field asks nothing, not even now", async () => {
  await type("bird");
  await type("");
  seeker.askNow();
  await vi.advanceTimersByTimeAsync(PAUSE);
  expect(asked.length).toBe(1);
});

test("asking again reports the new answer alone, and not while another search runs or the reader types", async () => {
  await type("bird");
  await seeker.askAgain();
  expect(asked).toHaveLength(1);
  asked[0]!.answer(result);
  await settle();
  const before = told.length;
  void seeker.askAgain();
  expect([asked.length, told.length]).toEqual([2, before]);
  asked[1]!.answer(result);
  await settle();
  expect(told.slice(before)).toEqual([{ phase: "found", query: "bird", result, isRenewed: true }]);
  seeker.type("birds");
  await seeker.askAgain();
  expect(asked).toHaveLength(2);
});

test("a partial answer is renewed until it is whole", async () => {
  await type("bird");
  asked[0]!.answer({ ...result, partial: true });
  await settle();
  await vi.advanceTimersByTimeAsync(RENEW);
  asked[1]!.answer({ ...result, confidence: 1 });
  await settle();
  expect(told.at(-1)).toMatchObject({ phase: "found", result: { confidence: 1 } });
  await vi.advanceTimersByTimeAsync(10 * RENEW);
  expect(asked).toHaveLength(2);
});

test("a partial answer with the hits that are shown is not reported again", async () => {
  await type("bird");
  asked[0]!.answer({ ...result, partial: true });
  await settle();
  const before = told.length;
  await vi.advanceTimersByTimeAsync(RENEW);
  asked[1]!.answer({ ...result, partial: true });
  await vi.advanceTimersByTimeAsync(RENEW);
  expect(told).toHaveLength(before);
  asked[2]!.answer({ ...result, partial: true, hits: [{ id: "owl" }] as unknown as SearchResult["hits"] });
  await settle();
  expect(told).toHaveLength(before + 1);
});

test("a partial answer is not renewed once the reader types on, or the search is stopped", async () => {
  for (const leave of [() => seeker.type(""), () => seeker.stop()]) {
    await type("bird");
    const { length } = asked;
    asked.at(-1)!.answer({ ...result, partial: true });
    await settle();
    leave();
    await vi.advanceTimersByTimeAsync(10 * RENEW);
    expect(asked).toHaveLength(length);
  }
});

test("hits among which the reader is are not renewed before the reader leaves them, also if the reader comes while it is asked", async () => {
  await type("bird");
  asked[0]!.answer(result);
  await settle();
  const before = told.length;
  mayChange = false;
  await seeker.askAgain();
  expect(asked).toHaveLength(1);
  mayChange = true;
  await vi.advanceTimersByTimeAsync(RENEW);
  mayChange = false;
  asked[1]!.answer(result);
  await settle();
  expect(told).toHaveLength(before);
  mayChange = true;
  await vi.advanceTimersByTimeAsync(RENEW);
  asked[2]!.answer(result);
  await settle();
  expect(told).toHaveLength(before + 1);
});

test("asking again that fails, or is overtaken by typing, reports nothing", async () => {
  await type("bird");
  asked[0]!.answer(result);
  await settle();
  void seeker.askAgain();
  asked[1]!.fail(new Error("gone"));
  await settle();
  expect(told.at(-1)).toMatchObject({ phase: "found" });
  void seeker.askAgain();
  seeker.type("owl");
  expect(asked[2]!.signal.aborted).toBe(true);
});
