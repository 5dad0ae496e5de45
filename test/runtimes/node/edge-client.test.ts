import { createEdgeEngine } from "@pipit/edge/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEdgeApp } from "../../fixtures/edge-app.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;

beforeEach(async () => {
  edge = await openEdgeApp();
});
afterEach(() => edge.close());

const answering = (answer: (request: Request) => Response | Promise<Response>) =>
  createEdgeEngine({ url: "http://pipit.test", collection: "birds", fetch: answer });

test("creates nothing unless it is told to", async () => {
  const engine = answering((request) => edge.app.request(request));
  await expect(engine.add([{ id: "a", text: "owl" }])).rejects.toMatchObject({ code: "unknown-collection" });
  expect(await edge.collections.list()).toEqual([]);
});

test("creates a missing collection once, however many calls begin together", async () => {
  const created: string[] = [];
  const engine = createEdgeEngine({
    url: "http://pipit.test",
    collection: "birds",
    create: "if-missing",
    fetch: (request) => {
      if (request.url.endsWith("/v1/collections")) created.push(request.url);
      return edge.app.request(request);
    },
  });
  await Promise.all([engine.stats(), engine.stats(), engine.search("owl")]);
  expect(created).toHaveLength(1);
});

test("an error of the server arrives with its code and advice", async () => {
  await edge.collections.create("birds");
  const engine = answering((request) => edge.app.request(request));
  const asking = engine.update("nobody", { text: "x" });
  await expect(asking).rejects.toMatchObject({ code: "unknown-entry", do: expect.stringContaining("Add it first") });
});

test("an answer that is not Pipit's is a failure that shows it", async () => {
  const engine = answering(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  await expect(engine.stats()).rejects.toMatchObject({ code: "remote-failed" });
  await expect(engine.stats()).rejects.toThrow(/502.*Bad gateway/);
});

test("an answer of 200 that is no JSON is a failure too", async () => {
  const engine = answering(() => new Response("<h1>Sign in</h1>"));
  await expect(engine.stats()).rejects.toMatchObject({ code: "remote-failed" });
});

test("a server that cannot be reached is named", async () => {
  const engine = createEdgeEngine({ url: "http://127.0.0.1:9", collection: "birds" });
  await expect(engine.stats()).rejects.toMatchObject({ code: "remote-failed" });
  await expect(engine.stats()).rejects.toThrow(/127\.0\.0\.1:9/);
});

test("aborting a search ends its request", async () => {
  const controller = new AbortController();
  let seen: AbortSignal | undefined;
  const engine = answering((request) => {
    seen = request.signal;
    return new Promise((_, reject) => {
      request.signal.addEventListener("abort", () => reject(request.signal.reason));
      controller.abort();
    });
  });
  await expect(engine.search("owl", { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
  expect(seen?.aborted).toBe(true);
});

test("reads a stream no further than one batch ahead of what the server has acknowledged", async () => {
  let read = 0;
  let acknowledged = 0;
  let furthest = 0;
  const engine = answering(async (request) => {
    const { entries } = (await request.json()) as { entries: unknown[] };
    acknowledged += entries.length;
    return Response.json({ added: entries.length, skipped: [] });
  });
  async function* stream() {
    for (; read < 1000; read++) {
      furthest = Math.max(furthest, read - acknowledged);
      yield { id: `n${read}`, text: "a bird" };
    }
  }
  await engine.add(stream());
  expect(furthest).toBeLessThanOrEqual(64);
});

test("sends the headers it was given with each request", async () => {
  const seen: (string | null)[] = [];
  const engine = createEdgeEngine({
    url: "http://pipit.test",
    collection: "birds",
    headers: { authorization: "Bearer wren" },
    fetch: (request) => {
      seen.push(request.headers.get("authorization"));
      return Response.json({ removed: 0 });
    },
  });
  await engine.remove(["a"]);
  expect(seen).toEqual(["Bearer wren"]);
});
