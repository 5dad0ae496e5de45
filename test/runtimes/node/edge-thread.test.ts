import { type EventEmitter, once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BroadcastChannel } from "node:worker_threads";
import { textPiece } from "@pipit/core";
import { createEdgeEngine } from "@pipit/edge/client";
import { type NodeServer, openStarterThreads, startNodeServer } from "@pipit/edge/node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SENTENCES } from "../../fixtures/sentences.ts";

const MORTAL = new URL("../../fixtures/mortal-api-thread.ts", import.meta.url);

let folder: string;
let server: NodeServer | undefined;
let logged: ReturnType<typeof vi.spyOn>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-thread-"));
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(async () => {
  logged.mockRestore();
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

async function start(dataFolder = folder) {
  server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder, apiThread: MORTAL });
  return server;
}

async function filled({ url }: NodeServer) {
  await post(url, "/v1/collections", { name: "birds" });
  await post(url, "/v1/collections/birds/entries", { entries: [{ id: "owl", text: "a bird that hunts at night" }] });
}

function post(url: string, path: string, body: unknown) {
  const headers = { "content-type": "application/json" };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

const search = (url: string) => post(url, "/v1/collections/birds/search", { text: "night bird" });

async function untilAnswered<T>(ask: () => Promise<T>, isAnswer: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isAnswer(answer)) return answer;
    await new Promise((later) => setTimeout(later, 50));
  }
}

test.each(["throw", "exit"])(
  "a thread that ends (%s) fails who waits for it, and another one has all that was stored",
  async (how) => {
    const { url } = await start();
    await filled({ url } as NodeServer);
    const answer = await fetch(`${url}/v1/models?${how}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect((await answer.json()).error).toMatchObject({ code: "worker-died", type: "server_error" });
    const found = await untilAnswered(
      () => search(url),
      ({ status }) => status !== 503,
    );
    expect(await found.json()).toMatchObject({ hits: [{ id: "owl" }] });
    expect(String(logged.mock.calls.flat())).toContain(how === "throw" ? "memory is full" : "code 7");
  },
);

test("health is answered while there is no thread, and says that the models are being loaded", async () => {
  const { url } = await start();
  await fetch(`${url}/v1/models?exit`);
  expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ ready: false });
  const health = await (await fetch(`${url}/health`)).json();
  expect(health).toMatchObject({ status: "ok", models: { starter: "loading" } });
  await untilAnswered(
    async () => (await (await fetch(`${url}/health`)).json()).models.starter,
    (state) => state === "ready",
  );
});

test("a client's engine reports the thread's end as what it is", async () => {
  const started = await start();
  await filled(started);
  const engine = await createEdgeEngine({ url: started.url, collection: "birds" });
  await fetch(`${started.url}/v1/models?exit`);
  await expect(engine.stats()).rejects.toMatchObject({ code: "worker-died" });
});

test("a request whose caller leaves is given up in the thread", async () => {
  const { url } = await start();
  const statuses = new BroadcastChannel("statuses");
  const told = once(statuses as unknown as EventEmitter, "message");
  const leave = new AbortController();
  const input = Array.from({ length: 2_000 }, (_, i) => `the owl of night number ${i}`);
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ model: "starter", input });
  const asked = fetch(`${url}/v1/embeddings`, { method: "POST", headers, body, signal: leave.signal });
  setTimeout(() => leave.abort(), 30);
  await expect(asked).rejects.toThrow();
  expect((await told)[0]).toMatchObject({ data: 499 });
  statuses.close();
});

test("a failure to open the folder is an error of the server's start", async () => {
  await start();
  const second = startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: folder });
  await expect(second).rejects.toMatchObject({
    code: "storage-blocked",
    do: expect.stringContaining("a data folder of its own"),
  });
  await writeFile(join(folder, "file"), "");
  const inFile = startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: join(folder, "file/data") });
  await expect(inFile).rejects.toThrow();
});

test("texts that end the starter's thread are embedded without it, and so are those after them", async () => {
  const starter = await openStarterThreads(new URL("../../fixtures/mortal-starter-thread.ts", import.meta.url));
  const plain = await openStarterThreads();
  for (const last of ["a bird", "the end", "another bird"]) {
    const pieces = [...SENTENCES, last].map(textPiece);
    const vectors = await starter.embed(pieces, { priority: "bulk" });
    expect(vectors).toEqual(await plain.embed(pieces));
  }
  expect(String(logged.mock.calls.flat())).toContain("code 7");
  await starter.close();
  await plain.close();
});
