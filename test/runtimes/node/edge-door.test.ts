import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, get, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { rawRequest } from "../../fixtures/raw-request.ts";

const LARGE = 64 << 20;

let folder: string;
let server: NodeServer;
let models: ModelStates;
let lines: string[];
let errors: ReturnType<typeof vi.spyOn>;

beforeEach(async () => {
  errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
  folder = await mkdtemp(join(tmpdir(), "pipit-door-"));
  await mkdir(join(folder, "app"));
  await writeFile(join(folder, "app/large.bin"), Buffer.alloc(LARGE));
  await writeFile(join(folder, "app/large.txt"), randomBytes(LARGE / 4));
  lines = [];
  models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  const log = (line: string) => void lines.push(line);
  const folders = { dataFolder: join(folder, "data"), appFolder: join(folder, "app") };
  server = await startNodeServer({ port: 0, host: "127.0.0.1", ...folders, models, log });
});
afterEach(async () => {
  errors.mockRestore();
  await server.close();
  await rm(folder, { recursive: true });
});

const logged = () => lines.map((line) => JSON.parse(line));

async function dial(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write(text);
  return socket;
}

const POST = "POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

describe("a server that stops", () => {
  // Compressed answers are written to the socket whole, plain ones piece by piece.
  test.each([
    ["/large.bin", "identity", LARGE],
    ["/large.txt", "gzip", undefined],
  ])("sends %s to its end to a caller that reads slowly", async (path, encoding, length) => {
    const headers = { "accept-encoding": encoding };
    const expected = length ?? (await rawRequest(server.url, path, { headers })).body.length;
    const [answer] = await once(
      get(`${server.url}${path}`, { headers, agent: new Agent({ keepAlive: true }) }),
      "response",
    );
    const pieces: Buffer[] = [];
    answer.once("data", (piece: Buffer) => {
      pieces.push(piece);
      answer.pause();
    });
    await once(answer, "pause");
    const closing = server.close();
    await new Promise((resume) => setTimeout(resume, 300));
    answer.on("data", (piece: Buffer) => pieces.push(piece));
    answer.resume();
    await once(answer, "end");
    expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(expected);
    await closing;
  });

  test("does not wait for idle connections", async () => {
    const agent = new Agent({ keepAlive: true });
    const [answer] = await once(get(`${server.url}/health`, { agent }), "response");
    answer.resume();
    await once(answer, "end");
    const idle = await dial("");
    const start = performance.now();
    await server.close();
    expect(performance.now() - start).toBeLessThan(1_000);
    idle.destroy();
  });

  test("takes no more requests, on connections that were open either", async () => {
    const socket = await dial(`${POST}Content-Length: 12\r\n\r\n{"model":`);
    await new Promise((resume) => setTimeout(resume, 100));
    const closing = server.close();
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    socket.write("1 }\r\n");
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close/i);
    await closing;
  });
});

test("a body that is refused while it is sent gets its answer, and the connection serves the next", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (body: string) =>
    new Promise<number | undefined>((answered, failed) => {
      const headers = { "content-type": "application/json" };
      const asking = request(`${server.url}/v1/embeddings`, { method: "POST", agent, headers }, (answer) => {
        answer.resume().once("end", () => answered(answer.statusCode));
      });
      asking.once("error", failed).end(body);
    });
  for (let i = 0; i < 3; i++) {
    expect(await send(`{"model":"bag","input":[${"[],".repeat(1_000_000)}[]]}`)).toBe(422);
    expect(await send('{"model":"bag","input":"owl"}')).toBe(200);
  }
  expect(await send(" ".repeat(17 << 20))).toBe(413);
});

test("a caller that leaves while it sends is one line, and no failure", async () => {
  const socket = await dial(`${POST}Content-Length: 1000\r\n\r\n{"model":`);
  await new Promise((resume) => setTimeout(resume, 50));
  socket.destroy();
  await expect.poll(() => lines.length).toBe(1);
  expect(logged()[0]).toMatchObject({ method: "POST", path: "/v1/embeddings", status: 499, gone: true });
  expect(errors).not.toHaveBeenCalled();
});

test("a caller that leaves while it is answered is one line, and no failure", async () => {
  const socket = await dial("GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await once(socket, "data");
  socket.destroy();
  await expect.poll(() => lines.length).toBe(1);
  expect(logged()[0]).toMatchObject({ path: "/large.bin", status: 200, gone: true });
  expect(errors).not.toHaveBeenCalled();
});

test("a caller that leaves ends the work it asked for", async () => {
  let signal: AbortSignal | undefined;
  const embedder = {
    ...createBagEmbedder(),
    embed: (_: unknown, options: { signal?: AbortSignal }) => {
      signal = options.signal;
      return new Promise<Float32Array>((_done, failed) =>
        signal?.addEventListener("abort", () => failed(signal?.reason)),
      );
    },
  };
  models.set("bag", { state: "ready", embedder: embedder as never, backend: "js", why: "it waits" });
  const body = JSON.stringify({ model: "bag", input: "owl" });
  const socket = await dial(`${POST}Content-Length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => signal).toBeDefined();
  expect(signal?.aborted).toBe(false);
  socket.destroy();
  await expect.poll(() => signal?.aborted).toBe(true);
});

test("each request is a line: what was asked, what was answered, and under which name", async () => {
  await rawRequest(server.url, "/health?x=1", { headers: { "x-request-id": "trace-7" } });
  await rawRequest(server.url, '/no%22where%0a"', { method: "DELETE" });
  await expect.poll(() => lines.length).toBe(2);
  const [health, nowhere] = logged();
  expect(health).toMatchObject({ id: "trace-7", method: "GET", path: "/health?x=1", status: 200 });
  expect(health.bytes).toBeGreaterThan(100);
  expect(health.ms).toBeGreaterThanOrEqual(0);
  expect(Date.parse(health.time)).toBeGreaterThan(0);
  expect(nowhere).toMatchObject({ method: "DELETE", status: 404, id: expect.any(String) });
  expect(lines.every((line) => !line.includes("\n"))).toBe(true);
});
