import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { BAG_SPACE } from "../../fixtures/bag-embedder.ts";
import { launchProfile } from "../../fixtures/chromium.ts";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();
const COUNTING = { worker: "./counting-worker.ts", name: "stored" };

async function setQuota(page: Page, quotaSize?: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await session.send("Storage.overrideQuotaForOrigin", quotaSize === undefined ? { origin } : { origin, quotaSize });
}

describe("a tab's storage", () => {
  test("a full quota is storage-full: nothing of the write landed, nothing before it is lost", async () => {
    const page = await pages.open();
    // The quota is set before the first write, because Chromium caches the free space for a while.
    await setQuota(page, 200_000);
    await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      window.kept.engine = engine;
      await engine.add([{ id: "before", text: "an entry from before" }]);
    }, COUNTING);
    const code = await page.evaluate(async () => {
      const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
      const bulky = Array.from({ length: 4 }, (_, i) => ({
        id: `${i}`,
        text: "bulky",
        fields: { bulk: "x".repeat(60_000) },
      }));
      return engine.add(bulky).then(
        () => "stored",
        (error) => [error.code, error.stored],
      );
    });
    await setQuota(page);
    const after = await page.evaluate(async () => {
      const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
      const { entries } = await engine.stats();
      await engine.add([{ id: "after", text: "an entry from after" }]);
      return [entries, (await engine.stats()).entries];
    });
    expect(code).toEqual(["storage-full", 0]);
    expect(after).toEqual([1, 2]);
  });

  test.each(["in memory", "on disk"])(
    "with a full quota (%s) an add says what it stored, and entries are removed for good",
    async (place) => {
      const folder = await mkdtemp(join(tmpdir(), "pipit-quota-"));
      const context = place === "on disk" ? await launchProfile(folder) : await pages.browser.newContext();
      const page = await pages.open(context);
      await setQuota(page, 1_000_000);
      const filled = await page.evaluate(async (choice) => {
        const engine = await window.pipit.open(choice);
        // Large entries, so that the quota fills between two batches: a batch has several hundred small ones.
        const bulk = () => Array.from({ length: 60 }, () => Math.random().toString(36)).join("");
        const entries = Array.from({ length: 4000 }, (_, i) => ({
          id: `${i}`,
          text: `note ${i}`,
          fields: { bulk: bulk() },
        }));
        const failed = await engine.add(entries).then(
          () => ({ code: "all stored", stored: 4000 }),
          ({ code, stored }) => ({ code, stored }),
        );
        return { ...failed, entries: (await engine.stats()).entries };
      }, COUNTING);
      expect(filled.code).toBe("storage-full");
      expect(filled.stored).toBe(filled.entries);
      expect(filled.stored).toBeGreaterThan(0);

      const other = await pages.open(context);
      await other.evaluate(async (choice) => {
        window.kept.engine = await window.pipit.open(choice);
      }, COUNTING);
      const removed = await page.evaluate(async (choice) => {
        const engine = await window.pipit.open(choice);
        const removed = await engine.remove(["0", "1", "nobody"]);
        const summary = await engine.add([{ id: "2", text: "" }]);
        return { removed, summary, ids: (await engine.ids()).length };
      }, COUNTING);
      expect(removed).toEqual({
        removed: 2,
        summary: { added: 0, skipped: ["2"] },
        ids: filled.entries - 3,
      });
      const seen = await other.evaluate(async () => {
        const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
        return {
          hits: (await engine.search("note 0", { k: 1000 })).hits.map((hit) => hit.id),
          ...(await engine.stats()),
        };
      });
      for (const id of ["0", "1", "2"]) expect(seen.hits).not.toContain(id);
      expect(seen.entries).toBe(filled.entries - 3);

      await page.reload();
      await page.waitForFunction(() => window.pipit);
      const ids = await page.evaluate(async (choice) => (await window.pipit.open(choice)).ids(), COUNTING);
      expect(ids).toHaveLength(filled.entries - 3);
      expect(ids).not.toContain("0");
      await context.close();
      await rm(folder, { recursive: true });
    },
  );

  test("an upgrade held up by an older tab is storage-blocked, and goes on once that tab is closed", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async (space) => {
      const { openIdbStore, storeMigrations } = window.pipit;
      const newer = { name: "held", space, migrations: [...storeMigrations, () => undefined] };
      const store = await openIdbStore({ name: "held", space });
      await store.write({
        put: [
          {
            id: "a",
            text: "a",
            fields: {},
            passages: [],
            vectors: new Float32Array(64),
            producer: "bag",
            provisional: false,
          },
        ],
      });
      await store.close();
      const old = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open("pipit:held");
        request.onsuccess = () => resolve(request.result);
      });
      const blocked = await openIdbStore(newer).catch((error) => error.code);
      old.close();
      const count = (await (await openIdbStore(newer)).state()).count;
      return { blocked, count };
    }, BAG_SPACE);
    expect(seen).toEqual({ blocked: "storage-blocked", count: 1 });
  });

  test("a tab gives way to a newer version, says storage-outdated from then on, and nothing is lost", async () => {
    const page = await pages.open();
    const seen = await page.evaluate(async (space) => {
      const { openIdbStore, storeMigrations } = window.pipit;
      const old = await openIdbStore({ name: "versions", space });
      await old.write({
        put: [
          {
            id: "a",
            text: "a",
            fields: {},
            passages: [],
            vectors: new Float32Array(64),
            producer: "bag",
            provisional: false,
          },
        ],
      });
      const code = (error: { code: string }) => error.code;
      const newer = await openIdbStore({ name: "versions", space, migrations: [...storeMigrations, () => undefined] });
      const read = await old.state().catch(code);
      const write = await old.write({ remove: ["a"] }).catch(code);
      const reopened = await openIdbStore({ name: "versions", space }).catch(code);
      return { read, write, reopened, count: (await newer.state()).count };
    }, BAG_SPACE);
    expect(seen).toEqual({
      read: "storage-outdated",
      write: "storage-outdated",
      reopened: "storage-outdated",
      count: 1,
    });
  });

  test("a reload embeds nothing and adds no row to the index", async () => {
    const page = await pages.open();
    await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      await engine.add(Array.from({ length: 100 }, (_, i) => ({ id: `${i}`, text: `note number ${i}` })));
      await engine.close();
    }, COUNTING);
    await page.reload();
    await page.waitForFunction(() => window.pipit);
    const stats = await page.evaluate(async (choice) => (await window.pipit.open(choice)).stats(), COUNTING);
    expect(stats).toMatchObject({ entries: 100, cache: { misses: 0 }, index: { kind: "0 rows added" } });
  });

  test("a tab that is killed in the middle of an add has all it reported", async () => {
    const context = await pages.browser.newContext();
    const page = await pages.open(context);
    const reported = await page.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      const entries = Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, text: `slow ${i}` }));
      return new Promise<number>((resolve) => {
        engine.add(entries, { onProgress: ({ done }) => resolve(done) }).catch(() => undefined);
      });
    }, COUNTING);
    const crashed = new Promise((resolve) => page.once("crash", resolve));
    page.goto("chrome://crash").catch(() => undefined);
    await crashed;
    const next = await pages.open(context);
    const { entries } = await next.evaluate(async (choice) => (await window.pipit.open(choice)).stats(), COUNTING);
    expect(reported).toBeGreaterThan(0);
    expect(entries).toBeGreaterThanOrEqual(reported);
    expect(entries).toBeLessThan(500);
  });
});

describe("two tabs on one collection", () => {
  test("each sees the other's writes and is notified", async () => {
    const context = await pages.browser.newContext();
    const [one, two] = [await pages.open(context), await pages.open(context)];
    await two.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      window.kept.engine = engine;
      window.kept.told = new Promise<void>((resolve) => engine.onChange(resolve));
    }, COUNTING);
    await one.evaluate(async (choice) => {
      const engine = await window.pipit.open(choice);
      await engine.add([{ id: "owl", text: "a night hunter with silent wings" }]);
    }, COUNTING);
    const hits = await two.evaluate(async () => {
      await window.kept.told;
      const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
      return (await engine.search("silent hunter")).hits;
    });
    expect(hits.map((hit) => hit.id)).toEqual(["owl"]);
  });

  test("both writing at once lose nothing and come to the same answers", async () => {
    const context = await pages.browser.newContext();
    const tabs = [await pages.open(context), await pages.open(context)];
    await Promise.all(
      tabs.map((tab, t) =>
        tab.evaluate(
          async ({ choice, t }) => {
            const engine = await window.pipit.open(choice);
            window.kept.engine = engine;
            await engine.add(Array.from({ length: 200 }, (_, i) => ({ id: `${t}-${i}`, text: `tab ${t} note ${i}` })));
          },
          { choice: COUNTING, t },
        ),
      ),
    );
    const seen = await Promise.all(
      tabs.map((tab) =>
        tab.evaluate(async () => {
          const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
          const { hits } = await engine.search("tab 1 note 17", { k: 20 });
          const { entries, passages } = await engine.stats();
          return { entries, passages, best: hits[0]?.id, scores: hits.map((hit) => hit.score) };
        }),
      ),
    );
    expect(seen[0]).toMatchObject({ entries: 400, passages: 400, best: "1-17" });
    expect(seen[1]).toEqual(seen[0]);
  });
});
