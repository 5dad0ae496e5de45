import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEdgeEngine } from "@pipit/edge/client";
import { ModelStates, type NodeServer, type NodeServerOptions, startNodeServer } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { rawRequest } from "../../fixtures/raw-request.ts";

let folder: string;
const servers: NodeServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-server-"));
  await write("app/index.html", "<!doctype html><title>Pipit</title>");
  await write("app/assets/app-abcdef12.js", `export const birds = "${"wren ".repeat(500)}";`);
  await write("app/.env", "SECRET=1");
  await write("secret.txt", "not for the web");
  await write("models/tiny/onnx/model.onnx", "0123456789");
  await write("models/tiny/notes.md", "not a model");
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true });
});

async function write(path: string, text: string) {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), text);
}

function bagModels() {
  const models = new ModelStates(BAG_SPACE, ["plain", "better"]);
  models.set("plain", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  return models;
}

async function start(options: Partial<NodeServerOptions> = {}) {
  const common = { port: 0, host: "127.0.0.1", dataFolder: join(folder, "data"), appFolder: join(folder, "app") };
  const server = await startNodeServer({ ...common, models: bagModels(), ...options });
  servers.push(server);
  return server;
}

describe("the app's files", () => {
  test("a page is cross-origin isolated, so that WASM gets its threads", async () => {
    const { headers } = await fetch(`${(await start()).url}/`);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  });

  test("hashed assets may be kept for good, the page is asked for again", async () => {
    const { url } = await start();
    expect((await fetch(`${url}/assets/app-abcdef12.js`)).headers.get("cache-control")).toContain("immutable");
    const page = await fetch(`${url}/`);
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const again = await fetch(`${url}/`, { headers: { "if-none-match": page.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });

  test.each(["br", "gzip"])("text travels as %s and arrives whole", async (encoding) => {
    const { url } = await start();
    const answer = await fetch(`${url}/assets/app-abcdef12.js`, { headers: { "accept-encoding": encoding } });
    expect(answer.headers.get("content-encoding")).toBe(encoding);
    expect(await answer.text()).toContain("wren wren");
  });

  test.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/.env",
    "/%00",
    "/assets",
  ])("%s is nobody's business", async (path) => {
    expect((await rawRequest((await start()).url, path)).status).toBe(404);
  });
});

describe("model files for the tab", () => {
  const places = () => [join(folder, "nowhere"), join(folder, "models")];

  test("come from the first place that has them, whole or by byte range", async () => {
    const { url } = await start({ modelPlaces: places() });
    const file = `${url}/models/tiny/onnx/model.onnx`;
    expect(await (await fetch(file)).text()).toBe("0123456789");
    const part = await fetch(file, { headers: { range: "bytes=2-4" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 2-4/10", "234"]);
    expect(await (await fetch(file, { headers: { range: "bytes=-3" } })).text()).toBe("789");
    expect((await fetch(file, { headers: { range: "bytes=10-" } })).status).toBe(416);
  });

  test("come from another server when a place is a URL, ranges passed on", async () => {
    const mirror = await start({ modelPlaces: places() });
    const { url } = await start({ modelPlaces: [`${mirror.url}/models`], dataFolder: join(folder, "other") });
    const part = await fetch(`${url}/models/tiny/onnx/model.onnx`, { headers: { range: "bytes=8-" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 8-9/10", "89"]);
    expect((await fetch(`${url}/models/tiny/onnx/other.onnx`)).status).toBe(404);
  });

  test("are all that leaves the folder", async () => {
    const { url } = await start({ modelPlaces: places() });
    expect((await rawRequest(url, "/models/tiny/notes.md")).status).toBe(404);
    expect((await rawRequest(url, "/models/../secret.txt")).status).toBe(404);
    expect((await rawRequest(url, "/models/..%2fsecret.txt")).status).toBe(404);
  });

  test("are not there when no place is named", async () => {
    expect((await fetch(`${(await start()).url}/models/tiny/onnx/model.onnx`)).status).toBe(404);
  });
});

describe("access", () => {
  test("other machines only where a key is set: the refusal says how, and nothing was opened", async () => {
    for (const host of ["0.0.0.0", "::"]) {
      const refused = start({ host });
      await expect(refused).rejects.toMatchObject({ code: "bad-input" });
      await expect(refused).rejects.toThrow(/PIPIT_KEY.*openssl rand/);
    }
    expect(await readdir(folder)).not.toContain("data");
    const { url } = await start({ host: "0.0.0.0", access: { key: "sesame" } });
    const listing = (headers: Record<string, string>) =>
      rawRequest(url, "/v1/collections", { headers: { host: "192.168.0.7:3000", ...headers } });
    expect((await listing({})).status).toBe(401);
    expect((await listing({ authorization: "Bearer sesame" })).status).toBe(200);
  });

  test("a name that was pointed at this machine is not the server's", async () => {
    const { url } = await start();
    expect((await rawRequest(url, "/", { headers: { host: "evil.example" } })).status).toBe(421);
  });
});

describe("one server, one folder, one port", () => {
  test("a port that is taken is named, with what to do", async () => {
    const port = Number(new URL((await start()).url).port);
    const second = start({ port, dataFolder: join(folder, "other") });
    await expect(second).rejects.toThrow(new RegExp(`${port}, which another process listens on.*PORT`));
  });

  test("a folder that another server holds is refused", async () => {
    await start();
    const second = start();
    await expect(second).rejects.toMatchObject({ code: "storage-blocked" });
    await expect(second).rejects.toThrow(/data folder of its own/);
  });

  test("added entries are there when the folder is opened again", async () => {
    const first = await start();
    await engineAt(first).add([{ id: "owl", text: "silent wings at night" }]);
    await first.close();
    const { hits } = await engineAt(await start()).search("silent wings");
    expect(hits.map((hit) => hit.id)).toEqual(["owl"]);
  });
});

test("a better model takes over without a pause, and embeds again what a plainer one embedded", async () => {
  const models = new ModelStates(BAG_SPACE, ["plain", "better"]);
  const plain = createBagEmbedder({ name: "plain", fidelity: { mean: 0.9, min: 0.5 } });
  models.set("plain", { state: "ready", embedder: plain, backend: "js", why: "it is there at once" });
  const engine = engineAt(await start({ models }));
  await engine.add([{ id: "owl", text: "silent wings at night" }]);
  expect((await engine.stats()).provisional).toBe(1);

  const better = createBagEmbedder({ name: "better" });
  models.set("better", { state: "ready", embedder: better, backend: "js", why: "it is loaded" });
  await expect.poll(async () => (await engine.stats()).provisional).toBe(0);
  expect((await engine.search("silent wings")).producer).toBe("better");
});

test("entries that waited on disk for a better model are embedded again when they are opened with one", async () => {
  const models = new ModelStates(BAG_SPACE, ["plain", "better"]);
  const plain = createBagEmbedder({ name: "plain", fidelity: { mean: 0.9, min: 0.5 } });
  models.set("plain", { state: "ready", embedder: plain, backend: "js", why: "it is there at once" });
  const first = await start({ models });
  await engineAt(first).add([{ id: "owl", text: "silent wings at night" }]);
  await first.close();
  const engine = engineAt(await start());
  await expect.poll(async () => (await engine.stats()).provisional).toBe(0);
});

function engineAt(server: NodeServer) {
  return createEdgeEngine({ url: server.url, collection: "birds", create: "if-missing" });
}
