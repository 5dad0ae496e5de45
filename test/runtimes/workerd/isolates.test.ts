import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createEdgeEngine } from "@pipit/edge/client";
import { openD1, openSqlStore } from "@pipit/edge/worker";
import { expect, test } from "vitest";
import { BAG_SPACE } from "../../fixtures/bag-embedder.ts";
import { createBagWorker } from "./bag-worker.ts";

/** Another isolate: the same code and database, but separate memory. */
function isolate(collection: string) {
  const worker = createBagWorker();
  const contexts: ExecutionContext[] = [];
  const engine = createEdgeEngine({
    url: "http://pipit.test",
    collection,
    create: "if-missing",
    key: env.PIPIT_KEY,
    fetch: (request) => {
      const context = createExecutionContext();
      contexts.push(context);
      return worker.fetch(request, env, context);
    },
  });
  const quiet = () => Promise.all(contexts.map(waitOnExecutionContext));
  return { engine, quiet };
}

test("a search in one isolate sees what another one acknowledged", async () => {
  const [one, two] = [isolate("shared"), isolate("shared")];
  await one.engine.add([{ id: "owl", text: "silent wings at night" }]);
  expect((await two.engine.search("silent wings")).hits.map((hit) => hit.id)).toEqual(["owl"]);
  await one.engine.remove(["owl"]);
  expect((await two.engine.search("silent wings")).hits).toEqual([]);
});

test("isolates that write at once lose nothing and give no row out twice", async () => {
  const isolates = [isolate("busy"), isolate("busy"), isolate("busy")];
  const adding = isolates.flatMap(({ engine }, i) =>
    Array.from({ length: 4 }, (_, j) => engine.add([{ id: `${i}-${j}`, text: `bird ${i} ${j}` }])),
  );
  await Promise.all(adding);
  const store = await openSqlStore(await openD1(env.DB), "busy", BAG_SPACE);
  const rows: number[] = [];
  for await (const changes of store.changes(0)) {
    for (const change of changes) {
      if (change.kind === "put") rows.push(...change.entry.passages.map((passage) => passage.row));
    }
  }
  expect(rows).toHaveLength(12);
  expect(new Set(rows).size).toBe(12);
});

test("a writer whose turn ran out is refused, and nothing of its write lands", async () => {
  const store = await openSqlStore(await openD1(env.DB), "slow", BAG_SPACE);
  const writing = store.exclusively(async () => {
    await env.DB.prepare("UPDATE collections SET holder = 'another' WHERE name = 'slow'").run();
    await store.write({ remove: ["nobody"] });
  });
  await expect(writing).rejects.toMatchObject({ code: "storage-blocked" });
  expect((await store.state()).sequence).toBe(0);
});

test("a writer that died does not block the others for good", async () => {
  const store = await openSqlStore(await openD1(env.DB), "dead", BAG_SPACE);
  await env.DB.prepare(
    "UPDATE collections SET holder = 'gone', held_until = unixepoch() - 1 WHERE name = 'dead'",
  ).run();
  expect(await store.exclusively(async () => "my turn")).toBe("my turn");
});

test("a fresh isolate opens from the snapshot in R2", async () => {
  const first = isolate("saved");
  await first.engine.add([{ id: "owl", text: "silent wings at night" }]);
  await first.quiet();
  expect((await env.SNAPSHOTS.list()).objects.map(({ key }) => key)).toContain("k.saved.adaptive.snapshot");
  const search = async ({ engine }: ReturnType<typeof isolate>) =>
    (await engine.search("silent wings")).hits.map(({ id, score }) => ({ id, score }));
  const hits = await search(first);
  expect(hits).toMatchObject([{ id: "owl" }]);
  // The vectors are damaged: if the snapshot were not used, they would be read again and the damage would show.
  await env.DB.prepare("UPDATE entries SET vectors = zeroblob(length(vectors)) WHERE collection = 'saved'").run();
  expect(await search(isolate("saved"))).toEqual(hits);
});

test("an entry that D1 cannot keep in a row is refused with advice", async () => {
  const database = await openD1(env.DB);
  const store = await openSqlStore(database, "big", BAG_SPACE);
  const vectors = new Float32Array(500_000);
  const entry = { id: "a", text: "x", fields: {}, passages: [], vectors, producer: "bag", provisional: false };
  await expect(store.write({ put: [entry] })).rejects.toMatchObject({ code: "bad-input" });
  expect((await store.state()).sequence).toBe(0);
});
