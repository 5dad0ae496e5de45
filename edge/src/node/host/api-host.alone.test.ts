import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ModelStates } from "../../app/model-states.ts";
import { openApiHost } from "./api-host.ts";

let dataFolder: string;
beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "pipit-host-"));
});
afterEach(() => rm(dataFolder, { recursive: true }));

const ABOUT = { runtimes: [], version: "0", runtime: "test", key: "unneeded" } as const;
const open = (models: ModelStates, onModels?: () => void) =>
  openApiHost({ dataFolder, modelPlaces: [], ...ABOUT }, { models, onModels });

test.each(["snapshots", "models"])(
  "a folder in which %s cannot be made is not kept locked: the next try opens it",
  async (name) => {
    await writeFile(join(dataFolder, name), "in the way");
    await expect(open(new ModelStates(BAG_SPACE, []))).rejects.toMatchObject({ code: "storage-failed" });
    await rm(join(dataFolder, name));
    await (await open(new ModelStates(BAG_SPACE, []))).close();
  },
);

test("the state of the models is reported when it changes, and closing ends them", async () => {
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  let told = 0;
  const host = await open(models, () => told++);
  await host.whenSettled();
  const before = told;
  const embedder = createBagEmbedder();
  const close = vi.spyOn(embedder, "close");
  models.set("bag", { state: "ready", embedder, backend: "js", why: "it is there" });
  expect(told).toBe(before + 1);
  expect(host.models).toMatchObject({ states: [["bag", { state: "ready" }]], settled: true });
  await host.close();
  expect(close).toHaveBeenCalledOnce();
});

test("if no model is available, the models are settled", async () => {
  const host = await open(new ModelStates(BAG_SPACE, []));
  await host.whenSettled();
  expect(host.models.settled).toBe(true);
  await host.close();
});

test("closing saves the collections and lets the folder go", async () => {
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "it is there" });
  const host = await open(models);
  const post = (path: string, body: object) => {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const headers = { "content-type": "application/json" };
    const request = { method: "POST", url: `http://pipit.test${path}`, headers, body: bytes, keys: undefined };
    return host.answer(request, new AbortController().signal);
  };
  expect((await post("/v1/collections", { name: "birds" })).status).toBe(201);
  expect((await post("/v1/collections/birds/entries", { entries: [{ id: "owl", text: "wings" }] })).status).toBe(200);
  await host.close();
  expect(await readdir(join(dataFolder, "snapshots"))).toHaveLength(1);
  await (await open(new ModelStates(BAG_SPACE, []))).close();
});

test("closing does not wait for a server that never sends its model", async () => {
  const hub = createServer(() => undefined);
  await once(hub.listen(0, "127.0.0.1"), "listening");
  const place = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  const host = await openApiHost({ dataFolder, modelPlaces: [place], ...ABOUT, runtimes: ["kernel"] });
  await once(hub, "request");
  await host.close();
  hub.closeAllConnections();
  hub.close();
});
