import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseListing } from "@pipit/core";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";

const TOKENIZER = "all-MiniLM-L6-v2/tokenizer.json";
const Q8 = "Xenova/all-MiniLM-L6-v2/onnx/model_quantized.onnx";

let folder: string;
const servers: NodeServer[] = [];
const hubs: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-listing-"));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) await server.close();
  for (const hub of hubs.splice(0)) {
    hub.closeAllConnections();
    hub.close();
  }
  await rm(folder, { recursive: true });
});

async function write(path: string, text = "model") {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), text);
}

async function start(modelPlaces: readonly string[]) {
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  const [dataFolder, appFolder] = [join(folder, "data"), join(folder, "app")];
  const server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder, appFolder, models, modelPlaces });
  servers.push(server);
  return server.url;
}

async function startHub(answer: RequestListener) {
  const hub = createServer(answer);
  hubs.push(hub);
  await new Promise<void>((listening) => hub.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
}

/** The model files that a server lists as present. */
async function listed(url: string) {
  const answer = await fetch(`${url}/models/files.json`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
  const listing = parseListing(await answer.text());
  expect(listing?.size).toBe(12);
  return [...(listing ?? [])].filter(([, bytes]) => bytes !== null);
}

describe("the listing of model files", () => {
  test("is there, and lists nothing, where no place is named and no app is built", async () => {
    expect(await listed(await start([]))).toEqual([]);
  });

  test("says what lies in the places now, by their sizes, each file as the first place has it", async () => {
    await write(`one/${TOKENIZER}`, "12345");
    await write(`two/${TOKENIZER}`, "123");
    const url = await start([join(folder, "nowhere"), join(folder, "one"), join(folder, "two")]);
    expect(await listed(url)).toEqual([[TOKENIZER, 5]]);
    await write(`two/${Q8}`, "1234567");
    expect(await listed(url)).toEqual([
      [TOKENIZER, 5],
      [Q8, 7],
    ]);
    for (const [path, bytes] of await listed(url)) {
      expect((await (await fetch(`${url}/models/${path}`)).bytes()).length).toBe(bytes);
    }
  });

  test("counts a file that lies beside the app", async () => {
    await write(`app/models/${TOKENIZER}`);
    await write("app/models/files.json", '{"format":"pipit-model-files","version":1,"files":{}}');
    const url = await start([]);
    expect(await listed(url)).toEqual([[TOKENIZER, 5]]);
    expect(await (await fetch(`${url}/models/${TOKENIZER}`)).text()).toBe("model");
  });

  test("is not a folder's own file of that name", async () => {
    await write("one/files.json", "another listing");
    expect(await listed(await start([join(folder, "one")]))).toEqual([]);
  });

  test("is read and nothing else, by any page", async () => {
    const url = await start([]);
    expect((await fetch(`${url}/models/files.json`, { method: "PUT", body: "{}" })).status).toBe(405);
    const head = await fetch(`${url}/models/files.json`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const foreign = await fetch(`${url}/models/files.json`, { headers: { origin: "https://page.example" } });
    expect(foreign.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("of a place that is another server, the listing", () => {
  test("says what that server says, and asks it once a minute", async () => {
    const asked: string[] = [];
    const hub = await startHub((request, answer) => {
      asked.push(`${request.method} ${request.url}`);
      answer.writeHead(request.url === `/hub/${TOKENIZER}` ? 200 : 404, { "content-length": 711_661 }).end();
    });
    const url = await start([`${hub}/hub/`]);
    vi.useFakeTimers({ toFake: ["performance"] });
    const both = await Promise.all([listed(url), listed(url)]);
    expect(both).toEqual([[[TOKENIZER, 711_661]], [[TOKENIZER, 711_661]]]);
    expect(asked).toHaveLength(12);
    expect(asked).toContain(`HEAD /hub/${Q8}`);
    vi.advanceTimersByTime(59_000);
    await listed(url);
    expect(asked).toHaveLength(12);
    vi.advanceTimersByTime(2_000);
    await listed(url);
    expect(asked).toHaveLength(24);
  });

  test.each([
    ["does not tell a length", {}],
    ["tells that of a compressed answer", { "content-encoding": "gzip", "content-length": "9" }],
  ])("takes the size that the model has where that server %s", async (_, headers) => {
    const hub = await startHub((request, answer) => {
      answer.writeHead(request.url === `/${TOKENIZER}` ? 200 : 404, headers as Record<string, string>).end();
    });
    expect(await listed(await start([hub]))).toEqual([[TOKENIZER, 711_661]]);
  });

  test("has nothing where that server answers any path with its page", async () => {
    const hub = await startHub((_, answer) =>
      answer.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(),
    );
    const url = await start([hub]);
    expect(await listed(url)).toEqual([]);
    expect((await fetch(`${url}/models/${TOKENIZER}`)).status).toBe(404);
  });

  test("has nothing of a server that is not there, and what the next place has", async () => {
    await write(`one/${TOKENIZER}`);
    expect(await listed(await start(["http://127.0.0.1:9", join(folder, "one")]))).toEqual([[TOKENIZER, 5]]);
  });

  test("does not wait for one that never answers", async () => {
    const url = await start([await startHub(() => undefined)]);
    const wait = AbortSignal.timeout.bind(AbortSignal);
    const waits = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => wait(50));
    expect(await listed(url)).toEqual([]);
    expect(waits).toHaveBeenCalledWith(5_000);
  });
});
