import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { SearchEngine } from "@pipit/core";
import { createEdgeEngine } from "@pipit/edge/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { minilmFolder } from "../fixtures/minilm.ts";

const SERVE = fileURLToPath(new URL("../fixtures/serve.ts", import.meta.url));
const INGESTS = 50;
const ENTRIES_EACH = 4;

const running: ChildProcess[] = [];
let data: string;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "pipit-kill-"));
});
afterEach(async () => {
  for (const server of running.splice(0)) await kill(server);
  await rm(data, { recursive: true });
});

test("after kill -9 in the middle of 50 ingests every acknowledged entry is there", async () => {
  const first = await start();
  const engine = engineAt(first.url);
  await engine.stats();
  const acknowledged: number[] = [];
  let tell = () => {};
  const enough = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const ingests = Array.from({ length: INGESTS }, async (_, ingest) => {
    await engine.add(entriesOf(ingest));
    acknowledged.push(ingest);
    if (acknowledged.length === INGESTS / 2) tell();
  });
  const ended = Promise.allSettled(ingests);
  await enough;
  await kill(first.server);
  await ended;
  // If the kill did not come in the middle, the test proves nothing.
  expect(acknowledged.length).toBeGreaterThanOrEqual(INGESTS / 2);
  expect(acknowledged.length).toBeLessThan(INGESTS);

  const second = await start();
  const found = await idsOf(engineAt(second.url));
  const acknowledgedIds = acknowledged.flatMap((ingest) => entriesOf(ingest).map((entry) => entry.id));
  expect(acknowledgedIds.filter((id) => !found.has(id))).toEqual([]);
  // Each ingest is one transaction, so that unacknowledged ones are stored whole or not at all.
  expect(found.size % ENTRIES_EACH).toBe(0);
  expect(found.size).toBe((await engineAt(second.url).stats()).entries);
});

test("SIGTERM lets the request under way end, and the process exits with 0", async () => {
  const { server, url } = await start();
  const engine = engineAt(url);
  // Makes the collection first, so that the next request is the one that must be finished.
  await engine.stats();
  const body = JSON.stringify({ entries: Array.from({ length: 16 }, (_, ingest) => entriesOf(ingest)).flat() });
  const headers = { "content-type": "application/json", "content-length": body.length, expect: "100-continue" };
  const adding = request(`${url}/v1/collections/killed/entries`, { method: "POST", headers });
  adding.flushHeaders();
  // The server has the request and waits for its body.
  await once(adding, "continue");
  const exit = once(server, "exit");
  server.kill("SIGTERM");
  adding.end(body);
  const [response] = (await once(adding, "response")) as [IncomingMessage];
  expect(await json(response)).toMatchObject({ added: 64 });
  expect(await exit).toEqual([0, null]);
});

async function start(): Promise<{ server: ChildProcess; url: string }> {
  const places = minilmFolder ? dirname(minilmFolder) : "";
  const server = spawn(
    process.execPath,
    ["--conditions=pipit-source", "--disable-warning=ExperimentalWarning", SERVE],
    {
      env: { ...process.env, PORT: "0", PIPIT_DATA: data, PIPIT_MODELS: places },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  running.push(server);
  for await (const line of createInterface({ input: server.stdout! })) {
    const url = /^Pipit listens on (\S+)$/.exec(line)?.[1];
    if (url) return { server, url };
  }
  throw new Error("the server ended without an address");
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, "exit");
  server.kill("SIGKILL");
  await exit;
}

function engineAt(url: string): SearchEngine {
  return createEdgeEngine({ url, collection: "killed", create: "if-missing" });
}

function entriesOf(ingest: number) {
  return Array.from({ length: ENTRIES_EACH }, (_, i) => ({
    id: `${ingest}-${i}`,
    text: `Observation ${i} of walk ${ingest}: a bird on a branch.`,
    fields: { ingest },
  }));
}

async function idsOf(engine: SearchEngine): Promise<Set<string>> {
  const { hits } = await engine.search("a bird on a branch", { k: 1000 });
  return new Set(hits.map((hit) => hit.id));
}
