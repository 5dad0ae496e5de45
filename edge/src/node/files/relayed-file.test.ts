import { getEventListeners, once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { afterEach, expect, test, vi } from "vitest";
import { relayedFile } from "./relayed-file.ts";

let hub: Server | undefined;
afterEach(() => {
  hub?.closeAllConnections();
  hub?.close();
  hub = undefined;
});

async function startHub(listener: RequestListener): Promise<string> {
  hub = createServer(listener);
  await once(hub.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${(hub.address() as AddressInfo).port}/models`;
}

const answering = (status: number, headers: OutgoingHttpHeaders = {}, body = "model") =>
  startHub((_, answer) => void answer.writeHead(status, headers).end(status === 304 ? undefined : body));

/** The answer to a request for a file of `base`; 404 if it has no such file. */
function ask(base: string, { path = "onnx/model.onnx", ...request }: RequestInit & { path?: string } = {}) {
  const app = new Hono();
  app.get("/", async (c) => (await relayedFile(c, base, path)) ?? c.notFound());
  return app.request("/", request);
}

test.each([200, 206, 304, 416])(
  "an answer of %i is relayed with what tells the version and the part",
  async (status) => {
    const told = { etag: '"a"', "last-modified": "Fri, 02 Jan 2026 03:04:05 GMT", "content-range": "bytes 0-4/9" };
    const answer = await ask(await answering(status, { ...told, "set-cookie": "a=b" }));
    expect([answer.status, Object.fromEntries(answer.headers)]).toMatchObject([status, told]);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'");
  },
);

test("headers that the other server does not send are not added", async () => {
  const { headers } = await ask(await answering(200));
  expect(["etag", "last-modified", "content-range"].map((name) => headers.get(name))).toEqual([null, null, null]);
});

test.each([
  "..%2fprivate%2fsecret.json",
  "%2e%2e%2fprivate%2fsecret.json",
  "onnx%2f..%2f..%2fprivate%2fsecret.json",
  "..%5cprivate%5csecret.json",
  "onnx/%00.json",
  "%e0%a4.json",
])("a path that another server may take to lie elsewhere is not asked for: %s", async (path) => {
  let asked = 0;
  const base = await startHub((_, answer) => {
    asked++;
    answer.end("secret");
  });
  expect((await ask(base, { path })).status).toBe(404);
  expect(asked).toBe(0);
});

test.each([
  ["401", 401, {}],
  ["404", 404, {}],
  ["500", 500, {}],
  ["a page", 200, { "content-type": "text/html; charset=utf-8" }],
])("an answer of %s counts as no file", async (_, status, headers) => {
  expect((await ask(await answering(status, headers))).status).toBe(404);
});

test("an answer that was unpacked on the way does not tell the length and version of the packed one", async () => {
  const { gzipSync } = await import("node:zlib");
  const headers = { "content-encoding": "gzip", etag: '"packed"', "content-range": "bytes 0-4/9" };
  const base = await startHub((_, answer) => void answer.writeHead(200, headers).end(gzipSync("model")));
  const answer = await ask(base);
  expect(await answer.text()).toBe("model");
  expect([answer.headers.get("etag"), answer.headers.get("content-length")]).toEqual([null, null]);
  expect(answer.headers.get("content-range")).toBe("bytes 0-4/9");
});

test("the other server is asked for the same part under the same conditions, and for nothing else", async () => {
  const asked = Promise.withResolvers<IncomingMessage>();
  const base = await startHub((request, answer) => {
    asked.resolve(request);
    answer.end();
  });
  const conditions = { range: "bytes=0-4", "if-range": '"a"', "if-none-match": '"b"' };
  await ask(`${base}//`, { headers: { ...conditions, cookie: "a=b", authorization: "Bearer key" } });
  const { url, headers } = await asked.promise;
  expect([url, headers]).toMatchObject(["/models/onnx/model.onnx", conditions]);
  expect([headers.cookie, headers.authorization]).toEqual([undefined, undefined]);
});

test.each(["../secret.json", "/secret.json", "//other.example/model.onnx", "a/../../secret.json"])(
  "%s leads out of the folder, and is not asked for",
  async (path) => {
    let hasAsked = false;
    const base = await startHub((_, answer) => {
      hasAsked = true;
      answer.end("secret");
    });
    expect((await ask(base, { path })).status).toBe(404);
    expect(hasAsked).toBe(false);
  },
);

test("a caller that leaves ends the request to the other server", async () => {
  const [asked, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const base = await startHub((request) => {
    request.socket.once("close", () => left.resolve());
    asked.resolve();
  });
  const leaving = new AbortController();
  const answer = ask(base, { signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await left.promise;
  expect((await answer).status).toBe(404);
});

test("a request that has its answer does not listen to its caller any more", async () => {
  const { signal } = new AbortController();
  const request = new Request("http://pipit.test/", { signal });
  const app = new Hono();
  const base = await answering(200);
  app.get("/", async (c) => (await relayedFile(c, base, "model.onnx")) ?? c.notFound());
  await (await app.request(request)).text();
  expect(getEventListeners(request.signal, "abort")).toEqual([]);
});

test("an answer that the other server ends early fails where there is no connection to close", async () => {
  const base = await startHub((_, answer) => {
    answer.writeHead(200, { "content-length": "9" }).write("half");
    setTimeout(() => answer.destroy(), 20);
  });
  const log = vi.spyOn(console, "error").mockReturnValue();
  await expect((await ask(base)).text()).rejects.toThrow("terminated");
  log.mockRestore();
});

test("an answer that nobody reads on is ended", async () => {
  const ended = Promise.withResolvers<void>();
  const base = await startHub((_, answer) => {
    answer.writeHead(200, { "content-length": "9" }).write("half");
    answer.once("close", ended.resolve);
  });
  await (await ask(base)).body?.cancel();
  await ended.promise;
});

test("another server that never answers has nothing, after half a minute", async () => {
  const asked = Promise.withResolvers<void>();
  const base = await startHub(() => asked.resolve());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const answer = ask(base);
    await asked.promise;
    vi.advanceTimersByTime(30_000);
    expect((await answer).status).toBe(404);
  } finally {
    vi.useRealTimers();
  }
});

test("an answer that the other server ends early closes the connection, with a line in the log", async () => {
  const base = await startHub((_, answer) => {
    answer.writeHead(200, { "content-length": "9" }).write("half");
    setTimeout(() => answer.destroy(), 20);
  });
  const log = vi.spyOn(console, "error").mockReturnValue();
  const outgoing = { destroy: vi.fn() };
  const app = new Hono();
  app.get("/", async (c) => (await relayedFile(c, base, "onnx/model.onnx")) ?? c.notFound());
  expect(await (await app.request("/", {}, { outgoing })).text()).toBe("half");
  expect(outgoing.destroy).toHaveBeenCalledOnce();
  expect(log.mock.calls).toEqual([[expect.stringMatching(/127\.0\.0\.1:\d+ ended its answer early \(terminated\)$/)]]);
  log.mockRestore();
});
