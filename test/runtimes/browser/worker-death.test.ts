import { describe, expect, test } from "vitest";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();
const SLOW = { worker: "./counting-worker.ts" };

describe("a dead worker", () => {
  test("rejects every pending call with worker-died", async () => {
    const page = await pages.open();
    const codes = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const slow = Array.from({ length: 100 }, (_, i) => ({ id: `${i}`, text: `slow ${i}` }));
      const pending = [engine.add(slow), engine.search("slow one"), engine.embed(["slow two"])];
      await new Promise((resolve) => setTimeout(resolve, 10));
      window.pipit.workers.at(-1)!.terminate();
      const ends = await Promise.allSettled(pending);
      return ends.map((end) => (end.status === "rejected" ? end.reason.code : end.status));
    }, SLOW);
    expect(codes).toEqual(["worker-died", "worker-died", "worker-died"]);
  });

  test("is replaced at the next call, which finds all that was reported as stored", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      let reported = 0;
      const slow = Array.from({ length: 200 }, (_, i) => ({ id: `${i}`, text: `slow ${i}` }));
      const adding = engine.add(slow, {
        onProgress: ({ done }) => {
          reported = done;
          window.pipit.workers.at(-1)!.terminate();
        },
      });
      const { code, stored } = await adding.then(
        () => ({ code: "all stored", stored: 200 }),
        (error) => error,
      );
      const { entries } = await engine.stats();
      return { code, stored, reported, entries, workers: window.pipit.workers.length };
    }, SLOW);
    expect(seen.code).toBe("worker-died");
    expect(seen.workers).toBe(2);
    expect(seen.reported).toBeGreaterThan(0);
    expect(seen.stored).toBe(seen.reported);
    expect(seen.entries).toBeGreaterThanOrEqual(seen.reported);
  });

  test("that never came to life says what it died of, and the next call tries again", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async () => {
      const choice = { worker: "./broken-worker.ts" };
      const first = await window.pipit.open(choice).catch((error) => error);
      const second = await window.pipit.open(choice).catch((error) => error);
      return { code: first.code, got: first.got, again: second.code, workers: window.pipit.workers.length };
    });
    expect(seen).toMatchObject({ code: "worker-died", again: "worker-died", workers: 2 });
    expect(seen.got).toContain("broken at the top");
  });

  test("that held entries in memory is an error: a new one would answer as if there had been none", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open({ ...choice, name: "memory", storage: "memory" });
      await engine.add([{ id: "owl", text: "a night hunter" }]);
      window.pipit.workers.at(-1)!.terminate();
      const codes: string[] = [];
      for (let i = 0; i < 3; i++) codes.push(await engine.search("hunter").catch((error) => error.code));
      const again = await window.pipit.open({ ...choice, name: "memory", storage: "memory" });
      return { codes: codes.slice(1), entries: (await again.stats()).entries };
    }, SLOW);
    expect(seen).toEqual({ codes: ["storage-failed", "storage-failed"], entries: 0 });
  });

  test("is ended by the page when its last engine closes", async () => {
    const page = await pages.open();
    const held = await page.evaluate(async (choice) => {
      const held = async () =>
        (await navigator.locks.query()).held!.filter((lock) => lock.name!.startsWith("pipit-worker:"));
      const locks = async () => (await held()).length;
      const one = await window.pipit.open({ ...choice, name: "one" });
      const two = await window.pipit.open({ ...choice, name: "two" });
      const counts = [await locks()];
      await one.close();
      counts.push(await locks());
      const [lock] = await held();
      await two.close();
      // The page gets the lock after the worker has ended.
      await navigator.locks.request(lock!.name!, () => undefined);
      counts.push(await locks());
      return [...counts, window.pipit.workers.length];
    }, SLOW);
    expect(held).toEqual([1, 1, 0, 1]);
  });
});

describe("an abort", () => {
  test("ends the work in the worker, not just the wait for it", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const controller = new AbortController();
      const adding = engine.embed(
        Array.from({ length: 400 }, (_, i) => `slow ${i}`),
        { signal: controller.signal },
      );
      setTimeout(() => controller.abort(), 100);
      const name = await adding.catch((error) => error.name);
      const computed = async () => (await engine.stats()).cache.misses;
      const then = await computed();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { name, then, later: await computed() };
    }, SLOW);
    expect(seen.name).toBe("AbortError");
    expect(seen.then).toBeLessThan(400);
    expect(seen.later).toBe(seen.then);
  });

  test("ends an add whose source has nothing to give yet, and lets the source clean up", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const controller = new AbortController();
      let cleaned = false;
      const silent = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => undefined),
          return: async () => {
            cleaned = true;
            return { done: true as const, value: undefined };
          },
        }),
      };
      setTimeout(() => controller.abort("enough"), 50);
      const error = await engine.add(silent, { signal: controller.signal }).catch((reason) => reason);
      return { name: error.name, cause: error.cause, cleaned };
    }, SLOW);
    expect(seen).toEqual({ name: "AbortError", cause: "enough", cleaned: true });
  });

  test("a source that fails rejects the add with its own error", async () => {
    const page = await pages.open();
    const same = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const mine = new RangeError("mine");
      async function* failing() {
        yield { id: "a", text: "first" };
        throw mine;
      }
      return (await engine.add(failing()).catch((error) => error)) === mine;
    }, SLOW);
    expect(same).toBe(true);
  });

  test("a query vector that is given up is moved, others are copied", async () => {
    const page = await pages.open();
    const lengths = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const kept = await engine.embed(["a word"]);
      const given = window.pipit.giveUp(await engine.embed(["a word"]));
      await engine.search(kept);
      await engine.search(given);
      return [kept.length, given.length];
    }, SLOW);
    expect(lengths).toEqual([64, 0]);
  });
});
