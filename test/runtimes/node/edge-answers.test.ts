import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Embedder, spaceOf, throwIfAborted } from "@pipit/core";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { RawSocket, requestText } from "../../fixtures/raw-socket.ts";

// Many large answers at once, and answers that their callers do not read, over real sockets.

const WIDTH = 384;
const SPACE = spaceOf({
  ...{ name: "wide", weights: "none", tokenizer: "words", preprocessing: "1" },
  ...{ pooling: "mean", normalization: "l2", dimensions: WIDTH, scripts: ["Latin"] },
});
const UNREAD_MS = 400;
const AT_A_TIME = 4;
const BITE = 3 << 20;

let folder: string;
let server: NodeServer;
let gate: Gate;
/** The number of connections that ended before their answer was sent completely. */
let gone: number;

/** Delays calls of many texts, and counts them. */
class Gate {
  atOnce = 0;
  most = 0;
  begun = 0;
  readonly #opened = Promise.withResolvers<void>();

  open(): void {
    this.#opened.resolve();
  }

  async pass(): Promise<void> {
    this.begun++;
    this.most = Math.max(this.most, ++this.atOnce);
    await this.#opened.promise;
    this.atOnce--;
  }
}

function wideEmbedder(): Embedder {
  return {
    ...createBagEmbedder(),
    space: SPACE,
    async embed(pieces, { signal } = {}) {
      if (pieces.length > 1) await gate.pass();
      throwIfAborted(signal);
      return new Float32Array(pieces.length * WIDTH).fill(1 / Math.sqrt(WIDTH));
    },
  };
}

async function start(patience = { unreadMs: UNREAD_MS, silenceMs: 60_000 }): Promise<void> {
  const models = new ModelStates(SPACE, ["wide"]);
  models.set("wide", { state: "ready", embedder: wideEmbedder(), backend: "js", why: "the test asks for it" });
  const log = (line: string) => {
    if (JSON.parse(line).gone) gone++;
  };
  server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: folder, models, patience, log });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-answers-"));
  gate = new Gate();
  gone = 0;
});
afterEach(async () => {
  gate.open();
  await server.close();
  await rm(folder, { recursive: true });
});

/** 2,048 texts take a few kilobytes, and their vectors sixteen megabytes. */
const embeddings = (texts: number) => JSON.stringify({ model: "wide", input: Array(texts).fill("a") });

async function post(path: string, body: string | object, signal?: AbortSignal): Promise<number> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(server.url + path, { method: "POST", headers, body: text, signal: signal ?? null });
  await answer.arrayBuffer();
  return answer.status;
}

const embed = (texts = 300, signal?: AbortSignal) => post("/v1/embeddings", embeddings(texts), signal);

async function stalledReader(texts: number): Promise<RawSocket> {
  const caller = await RawSocket.dial(server.url, requestText("POST", "/v1/embeddings", embeddings(texts)));
  caller.socket.pause();
  return caller;
}

describe("a flood of embeddings", () => {
  test("is worked on a few at a time, and leaves questions and writes quick", async () => {
    await start();
    await post("/v1/collections", { name: "birds" });
    const flood = Array.from({ length: 20 }, () => embed());
    await expect.poll(() => gate.begun).toBe(AT_A_TIME);
    expect(await post("/v1/collections/birds/entries", { entries: [{ id: "owl", text: "an owl" }] })).toBe(200);
    expect(await post("/v1/collections/birds/search", { text: "owl" })).toBe(200);
    expect(await post("/v1/embeddings", { model: "wide", input: "owl" })).toBe(200);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    expect(gate.begun).toBe(AT_A_TIME);
    gate.open();
    expect(new Set(await Promise.all(flood))).toEqual(new Set([200]));
    expect([gate.begun, gate.most]).toEqual([20, AT_A_TIME]);
  });

  test("is not worked on for callers that left while they waited", async () => {
    await start();
    const stay = Array.from({ length: AT_A_TIME }, () => embed());
    await expect.poll(() => gate.begun).toBe(AT_A_TIME);
    const leaving = new AbortController();
    const left = Array.from({ length: 20 }, () => embed(300, leaving.signal).catch(() => "left"));
    await pause(200);
    leaving.abort();
    await Promise.all(left);
    await pause(100);
    gate.open();
    await Promise.all([...stay, embed()]);
    expect(gate.begun).toBe(AT_A_TIME + 1);
  });
});

describe("a caller that does not read its answer", () => {
  test("loses the connection, and makes nobody wait who asks for little", async () => {
    await start({ unreadMs: 1_500, silenceMs: 60_000 });
    gate.open();
    const stalled = await Promise.all(Array.from({ length: 12 }, () => stalledReader(2048)));
    await expect.poll(() => gate.begun).toBeGreaterThanOrEqual(AT_A_TIME);
    await pause(500);
    const began = performance.now();
    expect(await post("/v1/embeddings", { model: "wide", input: "owl" })).toBe(200);
    expect(await embed(1)).toBe(200);
    expect(performance.now() - began).toBeLessThan(1_400);
    // Requests for which there was no room got a 503.
    await expect.poll(() => gone, { timeout: 20_000 }).toBeGreaterThan(1);
    await Promise.all(stalled.map((caller) => caller.leave()));
  });

  test("keeps it while it takes some now and then", async () => {
    await start();
    gate.open();
    const caller = await stalledReader(2048);
    const began = performance.now();
    let taken = 0;
    caller.socket.on("data", ({ length }) => {
      taken += length;
      // Socket buffers hold a few megabytes: the server notices only larger reads.
      if (taken % BITE > length) return;
      caller.socket.pause();
      setTimeout(() => caller.socket.resume(), UNREAD_MS / 2);
    });
    caller.socket.resume();
    await expect.poll(() => caller.received.endsWith("}"), { timeout: 30_000, interval: 500 }).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(UNREAD_MS * 2);
    await caller.leave();
  });
});

describe("an answer that is worked on", () => {
  test("may take longer than a caller may take to read", async () => {
    await start();
    const answer = embed();
    await pause(UNREAD_MS * 3);
    gate.open();
    expect(await answer).toBe(200);
  });

  test("is given up after its own time", async () => {
    await start({ unreadMs: UNREAD_MS, silenceMs: 1_000 });
    const caller = await RawSocket.dial(server.url, requestText("POST", "/v1/embeddings", embeddings(300)));
    const began = performance.now();
    await once(caller.socket, "close");
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
});
