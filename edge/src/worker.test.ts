import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { loadBuild } from "@pipit/wasm/node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { d1Over } from "../fixtures/d1-binding.ts";
import { ModelStates } from "./app/model-states.ts";
import type { R2Binding } from "./cloudflare/cloudflare-bindings.ts";
import type { SqlDatabase } from "./sql/sql-database.ts";
import { createWorker, type WorkerBindings } from "./worker.ts";

const [exact, search] = await Promise.all((["exact", "search"] as const).map((kernel) => loadBuild("simd", kernel)));

let sqlite: SqlDatabase;
let env: WorkerBindings;
let saved: string[];
/** The promises passed to `waitUntil`, for which the runtime waits after each answer. */
let waits: Promise<unknown>[];

beforeEach(async () => {
  const d1 = await d1Over();
  sqlite = d1.sqlite;
  saved = [];
  waits = [];
  const put = async (key: string) => void saved.push(key);
  const snapshots: R2Binding = { get: async () => null, put, delete: async () => {} };
  env = { DB: d1.binding, SNAPSHOTS: snapshots, PIPIT_KEY: "the-key-of-these-tests-0123456789" };
});
afterEach(async () => {
  await Promise.all(waits);
  await sqlite.close();
});

async function bagModels(): Promise<ModelStates> {
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  return models;
}

function open(loadModels: () => Promise<ModelStates> = bagModels) {
  const worker = createWorker({ exact: exact!, search: search!, loadModels });
  return (path: string, body?: unknown) => {
    const headers = { authorization: "Bearer the-key-of-these-tests-0123456789", "content-type": "application/json" };
    const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const request = new Request(`http://pipit.test${path}`, { headers, ...sent });
    return worker.fetch(request, env, { waitUntil: (work) => void waits.push(work) });
  };
}

test("requests at once open the app once", async () => {
  const loadModels = vi.fn(bagModels);
  const ask = open(loadModels);
  const answers = await Promise.all([ask("/v1/models"), ask("/v1/models"), ask("/v1/models")]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await ask("/v1/models");
  expect(loadModels).toHaveBeenCalledOnce();
});

test("an opening that failed fails its request alone, and the next one tries again", async () => {
  const loadModels = vi.fn(bagModels).mockRejectedValueOnce(new Error("R2 is out of reach"));
  const ask = open(loadModels);
  await expect(ask("/v1/models")).rejects.toThrow("R2 is out of reach");
  await expect(Promise.all(waits)).resolves.toBeDefined();
  expect((await ask("/v1/models")).status).toBe(200);
});

test("a request is kept until the snapshot that it caused is saved", async () => {
  const ask = open();
  await ask("/v1/collections", { name: "birds" });
  const answer = await ask("/v1/collections/birds/entries", { entries: [{ id: "owl", text: "silent wings" }] });
  expect(answer.status).toBe(200);
  await waits.at(-1);
  expect(saved).toEqual([expect.stringContaining("birds")]);
});

test("a Worker answers under the names that are listed", async () => {
  env = { ...env, PIPIT_HOSTS: "search.example" };
  expect((await open()("/v1/models")).status).toBe(421);
  env = { ...env, PIPIT_HOSTS: "pipit.test" };
  expect((await open()("/v1/models")).status).toBe(200);
});
