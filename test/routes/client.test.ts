import type { PipitError, SearchEngine } from "@pipit/core";
import { createEdgeEngine, type EdgeEngineOptions } from "@pipit/edge/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openEdgeApp } from "../fixtures/edge-app.ts";

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
  await expect(engine.stats()).rejects.toThrow("an answer of http://pipit.test that cannot be read");
});

test("a server that cannot be reached is named", async () => {
  const engine = createEdgeEngine({ url: "http://127.0.0.1:9", collection: "birds" });
  await expect(engine.stats()).rejects.toMatchObject({ code: "remote-failed" });
  await expect(engine.stats()).rejects.toThrow(/127\.0\.0\.1:9/);
});

describe("on a page whose request gets no answer", () => {
  afterEach(() => vi.unstubAllGlobals());

  const adviceOn = async (origin: string, call: (engine: SearchEngine) => Promise<unknown>) => {
    vi.stubGlobal("location", { origin });
    const engine = answering(() => Promise.reject(new TypeError("Failed to fetch")));
    const error = await call(engine).then(
      () => "no failure",
      (reason) => reason,
    );
    expect(error).toMatchObject({
      code: "remote-failed",
      do: expect.stringContaining("Check the address and the network"),
    });
    return error.do as string;
  };
  const search = (engine: SearchEngine) => engine.search("owl");

  test("of another origin, a search says where the server would list collection or page", async () => {
    const advice = await adviceOn("https://site.example", search);
    expect(advice).toContain("PIPIT_PUBLIC_SEARCH, or lists https://site.example in PIPIT_ORIGINS");
  });

  test("of another origin, other calls say where the server would list the page", async () => {
    const advice = await adviceOn("https://site.example", (engine) => engine.add([{ id: "a", text: "owl" }]));
    expect(advice).toContain("lists https://site.example in PIPIT_ORIGINS");
    expect(advice).not.toContain("PIPIT_PUBLIC_SEARCH");
  });

  test("in a sandbox, which has no origin to list", async () => {
    const advice = await adviceOn("null", search);
    expect(advice).toContain("PIPIT_PUBLIC_SEARCH");
    expect(advice).not.toContain("null");
  });

  test("of the server's own origin, the network is all that can be at fault", async () => {
    expect(await adviceOn("http://pipit.test", search)).not.toContain("PIPIT_");
  });
});

test("outside of pages there is no origin to list", async () => {
  const engine = answering(() => Promise.reject(new TypeError("fetch failed")));
  const { do: advice } = await engine.search("owl").catch((error) => error);
  expect(advice).not.toContain("PIPIT_");
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

test("sends the key it was given as a bearer's", async () => {
  let seen: string | null = null;
  const answer = (request: Request) => {
    seen = request.headers.get("authorization");
    return Response.json({ removed: 0 });
  };
  await createEdgeEngine({ url: "http://pipit.test", collection: "birds", key: "sesame", fetch: answer }).remove([]);
  expect(seen).toBe("Bearer sesame");
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

test.each([
  ["https://site.example/search/", "https://site.example/search/v1/collections/birds/entries/remove"],
  ["https://site.example/search", "https://site.example/search/v1/collections/birds/entries/remove"],
  ["https://site.example", "https://site.example/v1/collections/birds/entries/remove"],
  ["https://site.example/a%20b/?key=1#top", "https://site.example/a%20b/v1/collections/birds/entries/remove?key=1"],
])("a server at %s is asked below it", async (url, asked) => {
  const seen: string[] = [];
  const answer = (request: Request) => {
    seen.push(request.url);
    return Response.json({ removed: 0 });
  };
  await createEdgeEngine({ url, collection: "birds", fetch: answer }).remove([]);
  expect(seen).toEqual([asked]);
});

test("a URL that is none, and a name that is no collection's, are refused at once", () => {
  expect(() => createEdgeEngine({ url: "/search", collection: "birds" })).toThrow(/absolute URL/);
  for (const collection of ["..", ".", "a/b", ""]) {
    expect(() => createEdgeEngine({ url: "http://pipit.test", collection })).toThrow(/collection's name/);
  }
});

test.each([undefined, null, "http://pipit.test", 3])("options that are %j are refused at once", (options) => {
  const call = () => createEdgeEngine(options as never);
  expect(call).toThrow(
    expect.objectContaining({ code: "bad-input", expected: expect.stringContaining("{url, collection") }),
  );
});

test.each([null, "x-key: sesame", 3])("headers that are %j are refused at once, and not shown", (headers) => {
  const error = refusalOf({ headers: headers as never });
  expect(error).toMatchObject({ code: "bad-input", expected: expect.stringContaining("headers") });
  expect(error.message).not.toContain("sesame");
});

const refusalOf = (options: Partial<EdgeEngineOptions>): PipitError => {
  try {
    createEdgeEngine({ url: "http://pipit.test", collection: "birds", ...options });
  } catch (error) {
    return error as PipitError;
  }
  throw new Error("it was accepted");
};

describe("settings that no request could carry are refused at once", () => {
  test.each([
    ["http://sparrow:sesame@pipit.test", "user name or password"],
    ["http://sesame@pipit.test", "user name or password"],
    ["http://sparrow:sesame@pipit.test:99999", "cannot be read"],
    ["sparrow:sesame@pipit.test", "another scheme"],
  ])("the URL %s, without a word of its secret", (url, got) => {
    const error = refusalOf({ url });
    expect(error).toMatchObject({ code: "bad-input", got: expect.stringContaining(got) });
    expect(error.message).not.toContain("sesame");
  });

  test.each(["localhost:8787", "ftp://pipit.test", "file:///tmp", "data:,"])("the URL %s, of another scheme", (url) => {
    const error = refusalOf({ url });
    expect(error).toMatchObject({ code: "bad-input", got: expect.stringContaining(url) });
    expect(error.do).toContain("http://localhost:8787");
  });

  test.each([
    "sesame\n",
    "sesame\r\n",
    " sesame",
    "open\nsesame",
    "s\u00e9same",
    "sesame\u0000",
    7 as unknown as string,
  ])("the key %j, without showing it", (key) => {
    const error = refusalOf({ key });
    expect(error).toMatchObject({ code: "bad-input", do: expect.stringContaining("line end") });
    expect(error.message).not.toMatch(/same|7/);
  });

  test.each([
    [{ "x-gate": "open\nsesame" }, "x-gate"],
    [{ "x-gate": "\u{1f511}sesame" }, "x-gate"],
    [{ "x gate sesame": "wren" }, "name"],
  ] as [Record<string, string>, string][])("the headers %j, by the name alone", (headers, got) => {
    const error = refusalOf({ headers });
    expect(error).toMatchObject({ code: "bad-input", got: expect.stringContaining(got) });
    expect(error.message).not.toContain("sesame");
  });
});

test("an empty key is none, as it is to the server", async () => {
  const seen: (string | null)[] = [];
  const answer = (request: Request) => {
    seen.push(request.headers.get("authorization"));
    return Response.json({ removed: 0 });
  };
  await createEdgeEngine({ url: "http://pipit.test", collection: "birds", key: "", fetch: answer }).remove([]);
  expect(seen).toEqual([null]);
});

test("an authorization of the caller's own replaces the key, however it is written", async () => {
  const seen: (string | null)[] = [];
  const answer = (request: Request) => {
    seen.push(request.headers.get("authorization"));
    return Response.json({ removed: 0 });
  };
  const headers = { Authorization: "Bearer wren" };
  const options = { url: "http://pipit.test", collection: "birds", key: "sesame", headers, fetch: answer };
  await createEdgeEngine(options).remove([]);
  expect(seen).toEqual(["Bearer wren"]);
});

test.each([() => Promise.reject(new TypeError("fetch failed")), () => new Response("<h1>Sign in</h1>")])(
  "a failure names the server without the query of its URL",
  async (answer) => {
    const url = "https://site.example/search/?token=sesame#sesame";
    const error = await createEdgeEngine({ url, collection: "birds", fetch: answer })
      .stats()
      .catch((reason) => reason);
    expect(error).toMatchObject({ code: "remote-failed", got: expect.stringContaining("https://site.example/search") });
    expect(error.message).not.toContain("sesame");
  },
);

const engineOfApp = () => {
  const requests: string[] = [];
  const engine = createEdgeEngine({
    url: "http://pipit.test",
    collection: "birds",
    create: "if-missing",
    fetch: (request) => {
      requests.push(new URL(request.url).pathname);
      return edge.app.request(request);
    },
  });
  return { engine, requests };
};

test("what JSON would change is refused before anything is sent", async () => {
  const { engine, requests } = engineOfApp();
  const fields = { when: new Date(0) } as never;
  await expect(engine.add([{ id: "a", text: "owl", fields }])).rejects.toMatchObject({ code: "bad-input" });
  await expect(engine.update("a", { fields })).rejects.toMatchObject({ code: "bad-input" });
  await expect(engine.search("owl", { minScore: Number.NaN })).rejects.toMatchObject({ code: "bad-input" });
  expect(requests).toEqual([]);
});

test("more ids than a request takes are removed in several", async () => {
  const { engine, requests } = engineOfApp();
  await engine.add([{ id: "z19999", text: "owl" }]);
  expect(await engine.remove(Array.from({ length: 20_000 }, (_, i) => `z${i}`))).toBe(1);
  expect(requests.filter((path) => path.endsWith("/remove"))).toHaveLength(2);
});

test("ids so long that they would fill a body go in several requests", async () => {
  const { engine } = engineOfApp();
  const ids = Array.from({ length: 10_000 }, (_, i) => `${i}${"\u0001".repeat(500)}`);
  expect(await engine.remove(ids)).toBe(0);
});

test("a failed add counts what its earlier requests stored", async () => {
  let requests = 0;
  const engine = answering(async (request) => {
    const { entries } = (await request.json()) as { entries: unknown[] };
    if (++requests < 3) return Response.json({ added: entries.length, skipped: [] });
    const facts = { got: "no room", expected: "room", do: "Free some.", message: "no room", stored: 7 };
    return Response.json({ error: { code: "storage-full", type: "server_error", ...facts } }, { status: 507 });
  });
  const entries = Array.from({ length: 200 }, (_, i) => ({ id: `n${i}`, text: "a bird" }));
  await expect(engine.add(entries)).rejects.toMatchObject({ code: "storage-full", stored: 135 });
});

test("an add that lost its server claims no more than was acknowledged", async () => {
  let requests = 0;
  const engine = answering(() => {
    if (++requests > 1) throw new TypeError("connection reset");
    return Response.json({ added: 64, skipped: [] });
  });
  const entries = Array.from({ length: 100 }, (_, i) => ({ id: `n${i}`, text: "a bird" }));
  await expect(engine.add(entries)).rejects.toMatchObject({ code: "remote-failed", stored: 64 });
  await expect(engine.add(entries)).rejects.toMatchObject({ code: "remote-failed", stored: undefined });
});
