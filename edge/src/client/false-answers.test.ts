import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LIMITS, type PipitError, type SearchEngine } from "@pipit/core";
import { afterEach, describe, expect, test } from "vitest";
import { createEdgeEngine } from "../client.ts";

const answering = (answer: (request: Request) => Response | Promise<Response>) =>
  createEdgeEngine({ url: "http://pipit.test/search?token=sesame", collection: "birds", fetch: answer });

const CALLS: Record<string, (engine: SearchEngine) => Promise<unknown>> = {
  add: (engine) => engine.add([{ id: "a", text: "owl" }]),
  update: (engine) => engine.update("a", { text: "owl" }),
  remove: (engine) => engine.remove(["a"]),
  search: (engine) => engine.search("owl"),
  stats: (engine) => engine.stats(),
};

const failureOf = (call: string, engine: SearchEngine): Promise<PipitError> =>
  CALLS[call]!(engine).then(
    (value) => {
      throw new Error(`it resolved to ${JSON.stringify(value)}`);
    },
    (error) => error,
  );

const took = { embed: 1, search: 1, total: 2 };
const hit = {
  id: "a",
  score: 0.5,
  evidence: { cosine: 0.4 },
  entry: { id: "a", text: "owl", fields: {} },
  part: { modality: "text", text: "owl", start: 0, end: 3 },
  matches: [{ start: 0, end: 3 }],
};
const result = { hits: [hit], confidence: 0.5, space: "s", producer: "p", took };
const stats = {
  entries: 1,
  passages: 1,
  space: { id: "s", name: "n", dimensions: 3 },
  producer: { name: "p", fidelity: { mean: 1, min: 1 } },
  backend: "js",
  why: "it ships inside",
  index: { kind: "exact", bytes: 12 },
  cache: { hits: 0, misses: 0 },
  provisional: 0,
};
const without = (whole: object, name: string) => ({ ...whole, [name]: undefined });
const each = (whole: object) => Object.keys(whole).map((name) => without(whole, name));

describe("an answer of success that is no Pipit server's is a typed failure", () => {
  const refused = async (call: string, response: () => Response) => {
    const failure = await failureOf(call, answering(response));
    expect(failure).toMatchObject({
      code: "remote-failed",
      got: expect.stringContaining("http://pipit.test/search"),
      do: expect.stringContaining("Check that the URL is that of a Pipit server"),
      stored: undefined,
    });
    expect(failure.message).not.toContain("sesame");
  };

  test.each(Object.keys(CALLS))("%s: any JSON, none, and no body", async (call) => {
    const values = [[], null, 3, "ok", true, ...(call === "stats" ? [] : [{}])];
    for (const value of values) await refused(call, () => Response.json(value));
    await refused(call, () => new Response(""));
    await refused(call, () => new Response(null));
  });

  test.each(Object.keys(CALLS).filter((call) => call !== "update"))("%s: a 204", async (call) => {
    await refused(call, () => new Response(null, { status: 204 }));
  });

  test.each([
    ["a text for the number of entries", { added: "1", skipped: [] }],
    ["no list of skipped ids", { added: 1 }],
    ["an entry fewer than were sent", { added: 0, skipped: [] }],
    ["an entry more than were sent", { added: 2, skipped: [] }],
    ["an entry both added and skipped", { added: 1, skipped: ["a"] }],
    ["an id that was not sent", { added: 0, skipped: ["b"] }],
    ["ids that are numbers", { added: 0, skipped: [1] }],
    ["unread ids that are a text", { added: 1, skipped: [], unread: "a" }],
  ])("add: a summary with %s", (_, value) => refused("add", () => Response.json(value)));

  test.each(["1", -1, 0.5, 2, null])("remove: %j removed of one", (removed) =>
    refused("remove", () => Response.json({ removed })),
  );

  test.each([
    ...each(result),
    ...each(took).map((some) => ({ ...result, took: some })),
    ...["id", "score", "entry", "part"].map((name) => ({ ...result, hits: [hit, without(hit, name)] })),
    { ...result, hits: [{ ...hit, entry: { id: "a" } }] },
    ...["none", []].map((fields) => ({ ...result, hits: [{ ...hit, entry: { ...hit.entry, fields } }] })),
    { ...result, hits: [{ ...hit, match: "meaning" }] },
    { ...result, hits: [{ ...hit, score: "0.5" }] },
    { ...result, unread: "yes" },
    { ...result, partial: 1 },
  ])("search: a result damaged in one part", (value) => refused("search", () => Response.json(value)));

  const wrong = Object.keys(stats).map((name) => ({ ...stats, [name]: true }));
  test.each([...wrong, { ...stats, space: without(stats.space, "dimensions") }, { ...stats, recall: "1" }])(
    "stats: figures damaged in one part",
    (value) => refused("stats", () => Response.json(value)),
  );

  test.each<[string, () => Response | Promise<Response>]>([
    ["status 204 from http://pipit.test/search with no body", () => new Response(null, { status: 204 })],
    ["status 201 from http://pipit.test/search with [7]", () => Response.json([7], { status: 201 })],
    ["no answer from http://pipit.test/search (hung up)", () => Promise.reject(new Error("hung up"))],
    ["no answer from http://pipit.test/search (7)", () => Promise.reject(7)],
  ])("it says what was got: %s", async (got, answer) => {
    expect(await failureOf("search", answering(answer))).toMatchObject({ code: "remote-failed", got });
  });

  test("the creation of another collection", async () => {
    const fetch = () => Response.json({ name: "other" }, { status: 201 });
    const engine = createEdgeEngine({ url: "http://pipit.test", collection: "birds", create: "if-missing", fetch });
    await expect(engine.stats()).rejects.toMatchObject({ code: "remote-failed" });
  });
});

test.each([...each(stats), {}])("a server that does not send all figures has those that it sends", async (some) => {
  expect(await answering(() => Response.json(some)).stats()).toEqual(JSON.parse(JSON.stringify(some)));
});

test("an answer with more than this client knows is taken", async () => {
  expect(await answering(() => Response.json({ ...result, next: 1 })).search("owl")).toMatchObject({ hits: [hit] });
  expect(await answering(() => Response.json({ ...stats, next: 1 })).stats()).toMatchObject(stats);
});

const facts = { message: "m", got: "g", expected: "e", do: "d" };
test.each([
  { ...facts, code: { a: 1 } },
  { ...facts, code: "" },
  { ...facts, code: "Bad Gateway" },
  { ...facts, code: "busy", stored: "7" },
  { ...facts, code: "busy", stored: -7 },
  { ...facts, code: "busy", got: 7 },
  { ...facts, code: "busy", message: undefined },
  { ...facts, code: "internal" },
])("an error body of another form is shown, not believed: %j", async (error) => {
  const failing = answering(() => Response.json({ error }, { status: 400 })).search("owl");
  await expect(failing).rejects.toMatchObject({ code: "remote-failed", got: expect.stringContaining("status 400") });
});

test("an error with a code that this client does not know arrives with it", async () => {
  const error = { ...facts, code: "out-of-ink" };
  const failing = answering(() => Response.json({ error }, { status: 500 })).search("owl");
  await expect(failing).rejects.toMatchObject({ code: "out-of-ink", do: "d" });
});

test("an add whose server lost its thread does not say that nothing was stored", async () => {
  const error = { ...facts, code: "worker-died" };
  const failure = await CALLS.add!(answering(() => Response.json({ error }, { status: 503 }))).catch(
    (reason) => reason,
  );
  expect(failure).toMatchObject({ code: "worker-died", stored: undefined });
});

describe("a redirect is not followed", () => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  const serverOf = async (answer: (response: ServerResponse) => void) => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      answer(response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ends.push(() => server.close().closeAllConnections());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url, seen };
  };

  test.each([301, 302, 303, 307, 308])("%d: the failure names the final place", async (status) => {
    const { url, seen } = await serverOf((response) => {
      response.writeHead(status, { location: "https://sparrow:sesame@final.example/search?token=sesame" }).end();
    });
    const failure = await failureOf("add", createEdgeEngine({ url, collection: "birds" }));
    expect(failure).toMatchObject({
      code: "remote-failed",
      got: expect.stringContaining(`a redirect (${status}) from ${url} to https://final.example/search`),
      do: expect.stringContaining("final URL"),
      stored: undefined,
    });
    expect(failure.message).not.toContain("sesame");
    expect(seen).toEqual(["POST /v1/collections/birds/entries"]);
  });

  test("to the same call elsewhere: the failure names the URL to give", async () => {
    const location = "https://final.example/below/v1/collections/birds/search";
    const engine = answering(() => new Response(null, { status: 308, headers: { location } }));
    await expect(engine.search("owl")).rejects.toThrow("to https://final.example/below, expected");
  });

  test.each([undefined, "http://", "//"])("to the target %j, which is none", async (location) => {
    const engine = answering(() => new Response(null, { status: 302, headers: location ? { location } : {} }));
    await expect(engine.stats()).rejects.toThrow("a redirect (302) from http://pipit.test/search, expected");
  });

  test("as a page sees it, without status and target", async () => {
    const opaque = { type: "opaqueredirect", status: 0, ok: false, headers: new Headers(), url: "", body: null };
    const engine = answering(() => opaque as unknown as Response);
    await expect(engine.search("owl")).rejects.toThrow("a redirect from http://pipit.test/search, expected");
  });

  test("nor is the answer of a fetch that followed one accepted", async () => {
    const { url, seen } = await serverOf((response) => {
      if (seen.length === 1) response.writeHead(302, { location: "/elsewhere" }).end();
      else response.end('{"added":1,"skipped":[]}');
    });
    const following = (request: Request) => fetch(new Request(request, { redirect: "follow" }));
    const adding = CALLS.add!(createEdgeEngine({ url, collection: "birds", fetch: following }));
    await expect(adding).rejects.toThrow(`to ${url}/elsewhere`);
  });
});

test("the longest answer of a server is read", async () => {
  const text = "\u0001".repeat(LIMITS.answerCharacters);
  const long = { ...result, hits: [{ ...hit, entry: { id: "a", text } }] };
  const { hits } = await answering(() => Response.json(long)).search("owl");
  expect(hits[0]?.entry.text).toHaveLength(LIMITS.answerCharacters);
});

test.each([200, 400])(
  "of an endless answer of status %d no more is read than a Pipit server's can have",
  async (status) => {
    let given = 0;
    let cancelled = false;
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        given += 1;
        controller.enqueue(chunk);
      },
      cancel() {
        cancelled = true;
      },
    });
    const failure = await failureOf(
      "search",
      answering(() => new Response(endless, { status })),
    );
    expect(failure).toMatchObject({ code: "remote-failed", got: expect.stringContaining("an answer of more than") });
    expect(given).toBeLessThan(70);
    expect(cancelled).toBe(true);
  },
);
