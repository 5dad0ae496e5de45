import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RawSocket, requestText } from "../../fixtures/raw-socket.ts";
import { type ServerProcess, startServerProcess } from "../../fixtures/server-process.ts";

const WAIT = { timeout: 10_000 };

let folder: string;
let server: ServerProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-signals-"));
  server = await startServerProcess({ PIPIT_DATA: folder });
});
afterEach(async () => {
  await server.end("SIGKILL");
  await rm(folder, { recursive: true });
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends a server that has nothing to do, with status 0", async (signal) => {
  expect(await server.end(signal)).toBe(0);
});

test("a second signal ends the process without waiting for its callers, with status 1", async () => {
  const slow = requestText("POST", "/v1/embeddings", "{}", { "Content-Length": "100" });
  const caller = await RawSocket.dial(server.url, slow);
  await expect.poll(() => fetch(`${server.url}/health`).then(({ status }) => status), WAIT).toBe(200);
  const ended = server.end("SIGINT");
  const isListening = () => fetch(`${server.url}/health`).then(Boolean, () => false);
  await expect.poll(isListening, WAIT).toBe(false);
  const told = performance.now();
  expect(await server.end("SIGTERM")).toBe(1);
  expect(performance.now() - told).toBeLessThan(5_000);
  await ended;
  await caller.leave();
});
