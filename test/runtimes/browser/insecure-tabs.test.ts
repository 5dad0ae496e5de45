import { describe, expect, test } from "vitest";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();
const COUNTING = { worker: "./counting-worker.ts", name: "stored" };

/** Two tabs of one profile on plain http, where Web Locks are missing. */
async function twoTabs() {
  const context = await pages.browser.newContext();
  const tabs = [await pages.openInsecure(context), await pages.openInsecure(context)] as const;
  expect(await tabs[0].evaluate(() => [isSecureContext, "locks" in navigator])).toEqual([false, false]);
  return tabs;
}

describe("on plain http", () => {
  test("two tabs that write at once lose nothing and come to the same answers", async () => {
    const tabs = await twoTabs();
    const write = (t: number) =>
      tabs[t]!.evaluate(
        async ({ choice, t }) => {
          const engine = await window.pipit.open(choice);
          window.kept.engine = engine;
          // One entry per call, so that the tabs take many turns. Half of the ids are written by both tabs.
          for (let i = 0; i < 40; i++) {
            const id = i % 2 === 0 ? `${t}-${i}` : `both-${i}`;
            await engine.add([{ id, text: `tab ${t} note ${i}` }]);
          }
        },
        { choice: COUNTING, t },
      );
    await Promise.all([write(0), write(1)]);
    const seen = await Promise.all(
      tabs.map((tab) =>
        tab.evaluate(async () => {
          const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
          const { entries, passages } = await engine.stats();
          const { hits } = await engine.search("tab note", { k: 100 });
          return { entries, passages, texts: hits.map((hit) => [hit.id, hit.entry.text]).sort() };
        }),
      ),
    );
    expect(seen[0]).toMatchObject({ entries: 60, passages: 60 });
    expect(seen[0]!.texts).toHaveLength(60);
    expect(seen[1]).toEqual(seen[0]);
  });

  test("a tab that dies while it is its turn does not keep the others from theirs", async () => {
    const [dying, living] = await twoTabs();
    await dying.evaluate(async () => {
      const { openIdbStore, space } = window.pipit;
      const store = await openIdbStore({ name: "turns", space });
      await new Promise<void>((inTurn) => {
        void store.exclusively(() => {
          inTurn();
          return new Promise(() => undefined);
        });
      });
    });
    const waiting = living.evaluate(async () => {
      const { openIdbStore, space } = window.pipit;
      const store = await openIdbStore({ name: "turns", space });
      let crashed = false;
      window.kept.crash = () => {
        crashed = true;
      };
      return store.exclusively(async () => crashed);
    });
    await living.waitForFunction(() => window.kept.crash);
    await living.waitForTimeout(300);
    await living.evaluate(() => (window.kept.crash as () => void)());
    const crashed = new Promise((resolve) => dying.once("crash", resolve));
    dying.goto("chrome://crash").catch(() => undefined);
    await crashed;
    expect(await waiting).toBe(true);
  });

  test("a dead worker rejects what waits for it, and the next call finds all that was stored", async () => {
    const page = await pages.openInsecure();
    // The page's clock is advanced by the time after which a silent worker counts as dead.
    await page.clock.install();
    await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      await engine.add([{ id: "owl", text: "a night hunter" }]);
      const pending = engine.embed(Array.from({ length: 100 }, (_, i) => `slow ${i}`));
      await new Promise((resolve) => setTimeout(resolve, 50));
      window.pipit.workers.at(-1)!.terminate();
      window.kept.engine = engine;
      window.kept.code = pending.catch((error) => error.code);
    }, COUNTING);
    await page.clock.runFor(25_000);
    const seen = await page.evaluate(async () => {
      const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
      const code = await window.kept.code;
      return { code, entries: (await engine.stats()).entries, workers: window.pipit.workers.length };
    });
    expect(seen).toEqual({ code: "worker-died", entries: 1, workers: 2 });
  });
});
