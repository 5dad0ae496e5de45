import { execFile } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { rowsFrom } from "@pipit/test/fixtures/recall";
import { rowAt, seeded, uniformVectors } from "@pipit/test/fixtures/seeded";
import { expect, onTestFinished, test } from "vitest";
import { loadBuild, loadExactIndex, loadIndex } from "../node.ts";
import { createExact } from "./exact/exact.ts";
import { nodeScanPool } from "./node-scan-pool.ts";

const D = 24;
const vectors = uniformVectors(seeded(95), 500, D);
const query = rowAt(vectors, 7, D);
const [module, threads] = await Promise.all([loadBuild("relaxed", "exact"), loadBuild("threads", "exact")]);

/** The threads that are started while the work is under way. */
async function startedBy(work: () => Promise<void>): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (message: unknown) => started.push((message as { worker: Worker }).worker);
  subscribe("worker_threads", note);
  try {
    await work();
    return started;
  } finally {
    unsubscribe("worker_threads", note);
  }
}

async function filled(pool = nodeScanPool(3, { worth: 0 })) {
  const index = await createExact(module, {}, { module: threads, pool }).create(D);
  await index.add(rowsFrom(0, 500), vectors);
  return index;
}

test("threads start with the first search that is worth sharing, and serve all indexes of the kind", async () => {
  const pool = nodeScanPool(3, { worth: 0 });
  const indexes: Awaited<ReturnType<typeof filled>>[] = [];
  const before = await startedBy(async () => {
    indexes.push(await filled(pool), await filled(pool));
  });
  const after = await startedBy(async () => {
    for (const index of indexes) await index.search(query, { k: 3 });
  });
  expect([before.length, after.length]).toEqual([0, 2]);
  for (const index of indexes) await index.close();
});

test("threads end when the last index is closed, and start again with another", async () => {
  const pool = nodeScanPool(2, { worth: 0 });
  for (let i = 0; i < 2; i++) {
    const [one, other] = [await filled(pool), await filled(pool)];
    const [thread, ...more] = await startedBy(async () => {
      await one.search(query, { k: 3 });
      await other.search(query, { k: 3 });
    });
    expect([thread !== undefined, more.length]).toEqual([true, 0]);
    await one.close();
    expect((await other.search(query, { k: 1 })).rows[0]).toBe(7);
    const ended = once(thread!, "exit");
    await other.close();
    await ended;
  }
});

test("a thread that ends leaves searches to the others", async () => {
  const index = await filled();
  const [thread] = await startedBy(async () => {
    await index.search(query, { k: 3 });
  });
  await thread!.terminate();
  for (let i = 0; i < 50; i++) expect((await index.search(query, { k: 1 })).rows[0]).toBe(7);
  await index.close();
});

test("a thread that fails ends alone", async () => {
  const index = await filled();
  const [thread] = await startedBy(async () => {
    await index.search(query, { k: 3 });
  });
  const ended = new Promise((resolve) => thread!.once("exit", resolve));
  thread!.postMessage({ id: 99, scan: {} });
  await index.search(query, { k: 3 });
  await ended;
  expect((await index.search(query, { k: 1 })).rows[0]).toBe(7);
  await index.close();
});

test("threads do not keep a process alive whose index was not closed", async () => {
  const script = `
    import { loadExactIndex } from ${JSON.stringify(new URL("../node.ts", import.meta.url).href)};
    const index = await (await loadExactIndex({ scanThreads: 2 })).create(1024);
    await index.add(Uint32Array.from({ length: 1000 }, (_, i) => i), new Float32Array(1024_000).fill(1));
    console.log((await index.search(new Float32Array(1024).fill(1), { k: 1 })).rows[0]);
  `;
  const folder = mkdtempSync(join(tmpdir(), "pipit-scan-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "script.mjs"), script);
  const flags = ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(folder, "script.mjs")], {
    timeout: 4000,
  });
  expect(stdout).toBe("0\n");
});

test.each([0, 9, 1.5])("%d threads are refused", async (scanThreads) => {
  await expect(loadExactIndex({ scanThreads })).rejects.toMatchObject({ code: "bad-input" });
  await expect(loadIndex({ scanThreads })).rejects.toMatchObject({ code: "bad-input" });
});

test("a large collection of the default index is searched by the threads that were asked for", async () => {
  const many = uniformVectors(seeded(96), 4000, 384);
  const [one, two] = await Promise.all(
    [1, 2].map(async (scanThreads) => (await loadIndex({ scanThreads })).create(384)),
  );
  const started = await startedBy(async () => {
    for (const index of [one!, two!]) await index.add(rowsFrom(0, 4000), many);
    for (let i = 0; i < 20; i++) {
      const asked = rowAt(many, i * 100, 384);
      expect(await two!.search(asked, { k: 10 })).toEqual(await one!.search(asked, { k: 10 }));
    }
  });
  expect(started).toHaveLength(1);
  await two!.close();
});
