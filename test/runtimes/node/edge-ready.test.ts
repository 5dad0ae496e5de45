import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApp } from "@pipit/edge";
import { createEdgeEngine } from "@pipit/edge/client";
import { startNodeServer } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openEdgeApp } from "../../fixtures/edge-app.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-ready-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("/ready", () => {
  test("says no, and the progress, while a collection catches up with its store", async () => {
    const { collections, models, close } = await openEdgeApp();
    const catching = { unready: async () => [{ name: "docs", done: 40, total: 100 }] };
    const services = { version: "0", runtime: "test", models, collections: Object.assign(collections, catching) };
    const answer = await createApp(services).request("/ready");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      ready: false,
      why: expect.stringMatching(/1 collection is being opened, 40 %/),
    });
    await close();
  });

  test("says no while writes are refused, because the database file was moved", async () => {
    const { app, folder, close } = await openEdgeApp();
    const file = join(folder, "pipit.sqlite");
    expect((await app.request("/ready")).status).toBe(200);
    await rename(file, `${file}.old`);
    const answer = await app.request("/ready");
    expect([answer.status, (await answer.json()).why]).toEqual([503, expect.stringContaining("writes are refused")]);
    await rename(`${file}.old`, file);
    expect((await app.request("/ready")).status).toBe(200);
    await close();
  });

  test("says yes once every collection was opened ahead", async () => {
    const options = { port: 0, host: "127.0.0.1", dataFolder: folder };
    const first = await startNodeServer(options);
    const engine = createEdgeEngine({ url: first.url, collection: "docs", create: "if-missing" });
    await engine.add(Array.from({ length: 300 }, (_, i) => ({ id: `n${i}`, text: `note number ${i} about larks` })));
    await first.close();
    await rm(join(folder, "snapshots"), { recursive: true });

    const second = await startNodeServer(options);
    const until = Date.now() + 20_000;
    let answer = await fetch(`${second.url}/ready`);
    while (answer.status !== 200 && Date.now() < until) answer = await fetch(`${second.url}/ready`);
    expect(await answer.json()).toMatchObject({ ready: true });
    const again = createEdgeEngine({ url: second.url, collection: "docs" });
    const { hits, partial } = await again.search("note number 7", { k: 3 });
    expect([hits.length, partial]).toEqual([3, undefined]);
    await second.close();
  });
});

describe("opening ahead", () => {
  const ready = async (edge: Awaited<ReturnType<typeof openEdgeApp>>) => {
    const answer = await edge.app.request("/ready");
    return { status: answer.status, why: ((await answer.json()) as { why: string }).why };
  };

  test("is waited for until the collection was opened, though it was closed as idle before anyone asked", async () => {
    const edge = await openEdgeApp({ kept: { mostOpen: 1, idleMs: 5 } });
    for (const name of ["a", "b"]) await edge.collections.create(name);
    const open = edge.collections.open.bind(edge.collections);
    const held = Promise.withResolvers<void>();
    edge.collections.open = (name) => held.promise.then(() => open(name));
    const opening = edge.collections.openAhead();
    await vi.waitFor(async () =>
      expect(await ready(edge)).toMatchObject({
        status: 503,
        why: expect.stringContaining("1 collection is being opened"),
      }),
    );
    held.resolve();
    await opening;
    // Now "a" has been idle for longer than the limit, so that opening "b" closes it.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await open("b");
    expect(await ready(edge)).toMatchObject({ status: 200 });
    await edge.close();
  });

  test("tells the log that the collections cannot be listed, and leaves them to their first request", async () => {
    const edge = await openEdgeApp();
    await edge.collections.create("a");
    const failure = new Error("the disk is gone");
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(edge.collections, "list").mockRejectedValue(failure);
    await edge.collections.openAhead();
    expect(log.mock.calls).toEqual([[failure]]);
    log.mockRestore();
    expect(await ready(edge)).toMatchObject({ status: 200 });
    expect((await edge.post("/v1/collections/a/search", { text: "note" })).status).toBe(200);
    await edge.close();
  });

  test("says nothing of a list that fails because the server closes", async () => {
    const edge = await openEdgeApp();
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const list = Promise.withResolvers<never>();
    vi.spyOn(edge.collections, "list").mockReturnValue(list.promise);
    const opening = edge.collections.openAhead();
    await edge.close();
    list.reject(new Error("the database is closed"));
    await opening;
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });
});

test("a search goes before the texts of a large call of embeddings", async () => {
  const order: string[] = [];
  const { createBagEmbedder } = await import("../../fixtures/bag-embedder.ts");
  const bag = createBagEmbedder();
  const embedder = {
    ...bag,
    embed: (...[pieces, options]: Parameters<typeof bag.embed>) => {
      order.push(`${pieces.length} ${options?.priority ?? "query"}`);
      return bag.embed(pieces, options);
    },
  };
  const edge = await openEdgeApp({ embedder });
  await edge.post("/v1/embeddings", { model: "bag", input: ["a lark", "a wren"] });
  await edge.post("/v1/embeddings", { model: "bag", input: "a lark" });
  expect(order).toEqual(["2 bulk", "1 query"]);
  await edge.close();
});

test("of many collections some are opened ahead, and only those are waited for", async () => {
  const edge = await openEdgeApp({ kept: { mostOpen: 2, idleMs: 0 } });
  for (const [name, count] of Object.entries({ small: 1, large: 3, middle: 2 })) {
    await edge.collections.create(name);
    const engine = await edge.collections.open(name);
    await engine.add(Array.from({ length: count }, (_, i) => ({ id: `${i}`, text: `note ${i}` })));
  }
  const opening = edge.collections.openAhead();
  const waitedFor = (await edge.collections.unready()).map(({ name }) => name);
  await opening;
  expect(waitedFor).not.toContain("small");
  expect(await edge.collections.unready()).toEqual([]);
  expect((await (await edge.post("/v1/collections/small/search", { text: "note" })).json()).hits).toHaveLength(1);
  await edge.close();
});
