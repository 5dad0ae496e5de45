import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModelStates, type NodeServer, startNodeServer } from "@pipit/edge/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { RawSocket, requestText } from "../../fixtures/raw-socket.ts";

// Requests that no client library sends, written by hand.

let folder: string;
let server: NodeServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-target-"));
  const models = new ModelStates(BAG_SPACE, ["bag"]);
  models.set("bag", { state: "ready", embedder: createBagEmbedder(), backend: "js", why: "the test asks for it" });
  server = await startNodeServer({ port: 0, host: "127.0.0.1", dataFolder: folder, models });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

async function answerTo(text: string): Promise<{ status: number | undefined; text: string }> {
  const socket = await RawSocket.dial(server.url, text);
  await socket.over;
  return { status: socket.statuses[0], text: socket.received };
}

const LAST = { Connection: "close" };

describe("a target that is a whole URL", () => {
  test.each([
    "http://evil.example",
    "https://evil.example:3000",
    "http://localhost.evil.example",
    "http://a@evil.example",
  ])("of %s is refused, whatever the header says", async (origin) => {
    const { status, text } = await answerTo(requestText("GET", `${origin}/v1/collections`, "", LAST));
    expect(status).toBe(421);
    expect(text).toContain("evil.example");
  });

  test.each(["http://localhost", "http://127.0.0.1:80", "http://[::1]:3000"])("of %s is answered", async (origin) => {
    expect((await answerTo(requestText("GET", `${origin}/v1/collections`, "", LAST))).status).toBe(200);
  });

  test("of a name of ours does not let another name of the header pass", async () => {
    const headers = { ...LAST, Host: "evil.example" };
    expect((await answerTo(requestText("GET", "http://localhost/health", "", headers))).status).toBe(421);
  });
});

describe("a body", () => {
  const chunked = (coding: string) =>
    requestText("POST", "/v1/collections", '10\r\n{"name":"birds"}\r\n0\r\n\r\n', {
      ...LAST,
      "Transfer-Encoding": coding,
    });

  test.each(["gzip, chunked", "deflate, chunked", "x-gzip,chunked"])("transferred as %s is told so", async (coding) => {
    const { status, text } = await answerTo(chunked(coding));
    expect(status).toBe(415);
    expect(text).toContain(`a body transferred as ${coding}`);
  });

  test.each(["chunked", "Chunked"])("transferred as %s is read", async (coding) => {
    expect([200, 201]).toContain((await answerTo(chunked(coding))).status);
  });
});

describe("what the platform refuses before there is a request is refused in JSON, as by a route:", () => {
  const chunks = (body: string) =>
    requestText("POST", "/v1/collections", body, { ...LAST, "Transfer-Encoding": "chunked" });
  const get = (lines: string) => `GET /health HTTP/1.1\r\n${lines}\r\n`;

  test.each([
    ["bytes of another protocol", "\x16\x03\x01\x02\x00", 400, "bytes that are no request"],
    ["no Host", get(""), 400, "a request without a Host header"],
    ["a Host that no URL can have", get("Host: [0:0:0:0:0:0:0:1]\r\nConnection: close\r\n"), 400, "Invalid host"],
    ["two lengths", get("Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n"), 400, "Content-Length"],
    ["a chunk without a size", chunks("size\r\n{}\r\n0\r\n\r\n"), 400, "chunk size"],
    ["a chunk with a long extension", chunks(`2;${"x".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), 413, "extensions"],
    ["another expectation", get("Host: localhost\r\nExpect: tea\r\n"), 417, "Expect: tea"],
    ["long headers", get(`Host: localhost\r\nX: ${"x".repeat(20_000)}\r\n`), 431, "headers of at most 16 kB"],
  ])("%s", async (_, sent, expected, told) => {
    const { status, text } = await answerTo(sent);
    expect(status).toBe(expected);
    expect(text).toMatch(/^content-type: application\/json\r$/im);
    const { error } = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
    expect(error).toMatchObject({ code: "bad-input", type: "invalid_request_error", do: expect.any(String) });
    expect(error.message).toContain(told);
  });

  test("HTTP/1.0 knows no Host", async () => {
    expect((await answerTo("GET /health HTTP/1.0\r\n\r\n")).status).toBe(200);
  });
});
