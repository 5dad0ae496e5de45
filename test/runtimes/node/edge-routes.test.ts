import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBagEmbedder } from "../../fixtures/bag-embedder.ts";
import { openEdgeApp } from "../../fixtures/edge-app.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;

beforeEach(async () => {
  edge = await openEdgeApp();
  await edge.post("/v1/collections", { name: "birds" });
});
afterEach(() => edge.close());

const entries = (count: number, text = "a bird") => Array.from({ length: count }, (_, i) => ({ id: `b${i}`, text }));
const errorOf = async (response: Response) => (await response.json()).error;
const stored = async () => (await (await edge.app.request("/v1/collections/birds")).json()).entries;

describe("/v1/embeddings", () => {
  const ask = (body: object) => edge.post("/v1/embeddings", { model: "bag", ...body });

  test("answers one unit vector a text in the order asked, naming space and producer", async () => {
    const body = await (await ask({ input: ["owl", "lark", "owl"] })).json();
    expect(body).toMatchObject({ object: "list", model: "bag", producer: "bag", usage: { prompt_tokens: 3 } });
    expect(body.data.map((row: { index: number }) => row.index)).toEqual([0, 1, 2]);
    const [owl, lark, again] = body.data.map((row: { embedding: number[] }) => row.embedding);
    expect(owl).toEqual(again);
    expect(owl).not.toEqual(lark);
    expect(Math.hypot(...owl)).toBeCloseTo(1, 6);
  });

  test("base64 holds the same numbers as float", async () => {
    const plain = await (await ask({ input: "night owl" })).json();
    const packed = await (await ask({ input: "night owl", encoding_format: "base64" })).json();
    const bytes = Uint8Array.from(Buffer.from(packed.data[0].embedding, "base64"));
    expect([...new Float32Array(bytes.buffer)]).toEqual(plain.data[0].embedding);
  });

  test("takes the model's own width and refuses any other", async () => {
    expect((await ask({ input: "owl", dimensions: 64 })).status).toBe(200);
    const refused = await ask({ input: "owl", dimensions: 32 });
    expect(refused.status).toBe(400);
    expect((await errorOf(refused)).message).toMatch(/32.*64/);
  });

  test("a vector of a text that the model does not read is marked, as search marks such a query", async () => {
    const input = ["owl", "百灵鸟在唱歌", "ACGTTGCAGG".repeat(20), "\u200b \u00ad", " ", "owl 鸟", "3 °C"];
    const { data } = await (await ask({ input })).json();
    expect(data.map((row: { unread?: true }) => row.unread ?? false)).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    for (const row of data) expect(row.embedding).toHaveLength(64);
    const { unread } = await (await edge.post("/v1/collections/birds/search", { text: input[1] })).json();
    expect(unread).toBe(true);
    for (const text of ["", []]) expect([400, 422]).toContain((await ask({ input: text })).status);
  });

  test("an unknown model is refused by naming those there are", async () => {
    const refused = await edge.post("/v1/embeddings", { model: "ada", input: "owl" });
    expect(refused.status).toBe(404);
    expect((await errorOf(refused)).message).toMatch(/ada.*bag/);
  });

  test("a model that no place has is none to come again for", async () => {
    edge.models.set("bag", { state: "absent", why: "no folder is named" });
    const refused = await ask({ input: "owl" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([404, null]);
  });

  test("a model that is still loading answers 503 and when to come again", async () => {
    edge.models.set("bag", { state: "loading", why: "it is being loaded" });
    const refused = await ask({ input: "owl" });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
  });
});

describe.each(["remove", "update"])("an entry of the id %j", (id) => {
  const path = `/v1/collections/birds/entries/${id}`;
  const ask = (method: string, body?: object) =>
    edge.app.request(path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });

  test("is changed and removed by its path, as any other", async () => {
    await edge.post("/v1/collections/birds/entries", { entries: [{ id, text: "a bird" }, ...entries(1)] });
    expect((await ask("PATCH", { text: "an owl at night" })).status).toBe(204);
    const { hits } = await (await edge.post("/v1/collections/birds/search", { text: "owl", k: 1 })).json();
    expect(hits[0].entry).toMatchObject({ id, text: "an owl at night" });
    expect((await ask("DELETE")).status).toBe(200);
    expect((await ask("DELETE")).status).toBe(404);
    expect((await ask("PATCH", { text: "an owl" })).status).toBe(404);
    expect(await stored()).toBe(1);
  });
});

describe("collections", () => {
  test("creating twice is no failure and keeps what is there", async () => {
    await edge.post("/v1/collections/birds/entries", { entries: entries(2) });
    const again = await edge.post("/v1/collections", { name: "birds" });
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ name: "birds", entries: 2 });
  });

  test("a name that could be a path is refused", async () => {
    for (const name of ["../birds", "a/b", "", "Birds", ".hidden"]) {
      expect((await edge.post("/v1/collections", { name })).status).toBe(400);
    }
  });

  test("nothing is created implicitly: the answer says how to create it", async () => {
    const refused = await edge.post("/v1/collections/mice/entries", { entries: entries(1) });
    expect(refused.status).toBe(404);
    expect((await errorOf(refused)).do).toContain('POST /v1/collections {"name": "mice"}');
    const { collections } = await (await edge.app.request("/v1/collections")).json();
    expect(collections.map((one: { name: string }) => one.name)).toEqual(["birds"]);
  });

  test("an entry that is gone is deleted once only", async () => {
    await edge.post("/v1/collections/birds/entries", { entries: entries(1) });
    const path = "/v1/collections/birds/entries/b0";
    expect((await edge.app.request(path, { method: "DELETE" })).status).toBe(200);
    expect((await edge.app.request(path, { method: "DELETE" })).status).toBe(404);
  });

  test("an id with slashes, spaces and marks is an id like any other", async () => {
    const id = "a/b c?d#é%";
    await edge.post("/v1/collections/birds/entries", { entries: [{ id, text: "a bird" }] });
    const path = `/v1/collections/birds/entries/${encodeURIComponent(id)}`;
    expect((await edge.app.request(path, { method: "DELETE" })).status).toBe(200);
  });
});

describe("limits", () => {
  test("a thousand entries in one call, and not one more", async () => {
    expect((await edge.post("/v1/collections/birds/entries", { entries: entries(1001) })).status).toBe(422);
    expect(await stored()).toBe(0);
    expect((await edge.post("/v1/collections/birds/entries", { entries: entries(1000) })).status).toBe(200);
    expect(await stored()).toBe(1000);
  });

  test("a text beyond the limit is refused by its place in the request", async () => {
    const refused = await edge.post("/v1/collections/birds/entries", { entries: entries(2, "x".repeat(100_001)) });
    expect(refused.status).toBe(422);
    expect((await errorOf(refused)).got).toContain("entries[0].text");
  });

  // Two units each: within the limit as JSON Schema counts, beyond it as every face does.
  const wide = (units: number) => "😀".repeat(units / 2 + 1);
  const E = "/v1/collections/birds/entries";
  const S = "/v1/collections/birds/search";

  test.each<[string, string, object]>([
    ["an entry's text", E, { entries: [{ id: "a", text: wide(100_000) }] }],
    ["a new text", `${E}/update`, { id: "a", text: wide(100_000) }],
    ["a query", S, { text: wide(8_000) }],
    ["an id", E, { entries: [{ id: wide(512), text: "owl" }] }],
    ["an id to remove", `${E}/remove`, { ids: [wide(512)] }],
    ["a field's name", E, { entries: [{ id: "a", text: "owl", fields: { [wide(256)]: 1 } }] }],
    ["a filter's field", S, { text: "owl", filter: { field: wide(256), exists: true } }],
    ["a text to embed", "/v1/embeddings", { model: "bag", input: wide(100_000) }],
    ["one of several texts to embed", "/v1/embeddings", { model: "bag", input: ["owl", wide(100_000)] }],
    ["too many texts to embed", "/v1/embeddings", { model: "bag", input: Array(2049).fill("owl") }],
  ])("beyond the limit, and not malformed: %s", async (_, path, body) => {
    expect((await edge.post(path, body)).status).toBe(422);
    expect(await stored()).toBe(0);
  });

  test("what is too long and of a wrong kind is malformed", async () => {
    const input = [1, "x".repeat(100_001)];
    expect((await edge.post("/v1/embeddings", { model: "bag", input })).status).toBe(400);
  });

  test("the description has the limits of texts", async () => {
    const { schemas } = (await (await edge.app.request("/openapi.json")).json()).components;
    expect(schemas.Entry.properties.text).toMatchObject({ type: "string", maxLength: 100_000 });
    expect(schemas.SearchQuery.properties.text).toMatchObject({ type: "string", maxLength: 8_000 });
  });

  test("a body beyond 16 MB is refused before it is read to its end", async () => {
    const refused = await edge.post("/v1/collections/birds/entries", " ".repeat(17_000_000));
    expect(refused.status).toBe(413);
    expect((await errorOf(refused)).code).toBe("bad-input");
  });

  test("k of 1 to 1,000", async () => {
    for (const k of [0, 1001]) {
      expect((await edge.post("/v1/collections/birds/search", { text: "owl", k })).status).toBe(422);
    }
    expect((await edge.post("/v1/collections/birds/search", { text: "owl", k: 1000 })).status).toBe(200);
  });

  test("a filter nested a hundred thousand deep is refused and harms nobody", async () => {
    const deep = `${'{"not":'.repeat(100_000)}{"field":"a","exists":true}${"}".repeat(100_000)}`;
    const refused = await edge.post("/v1/collections/birds/search", `{"text":"owl","filter":${deep}}`);
    expect(refused.status).toBe(422);
    expect((await edge.post("/v1/collections/birds/search", { text: "owl" })).status).toBe(200);
  });
});

describe("values", () => {
  const add = (entry: string) => edge.post("/v1/collections/birds/entries", `{"entries": [${entry}]}`);
  const search = (query: object) => edge.post("/v1/collections/birds/search", query);

  test.each(["null", "{}", "[null]", "[[1]]"])("a field of %s is refused by its place", async (value) => {
    const refused = await add(`{"id": "a", "text": "owl", "fields": {"n": ${value}}}`);
    expect(refused.status).toBe(400);
    expect((await errorOf(refused)).got).toContain("entries[0].fields");
  });

  test("an id with half an emoji is refused, and nothing of its call is stored", async () => {
    expect((await add('{"id": "b", "text": "owl"}, {"id": "a\\ud83d", "text": "owl"}')).status).toBe(400);
    expect(await stored()).toBe(0);
  });

  test("fields beyond the limit are refused as too large", async () => {
    const fields = JSON.stringify({ long: "x".repeat(70_000) });
    expect((await add(`{"id": "a", "text": "owl", "fields": ${fields}}`)).status).toBe(422);
  });

  test("a field named __proto__ is stored, found and given back", async () => {
    await add('{"id": "a", "text": "owl", "fields": {"__proto__": "x", "constructor": 1}}');
    const filter = '{"and": [{"field": "__proto__", "equals": "x"}, {"field": "constructor", "exists": true}]}';
    const found = await edge.post("/v1/collections/birds/search", `{"text": "owl", "filter": ${filter}}`);
    expect(await found.text()).toContain('"fields":{"__proto__":"x","constructor":1}');
  });

  test("two conditions in one filter object are refused", async () => {
    const note = { field: "kind", equals: "note" };
    for (const filter of [
      { and: [note], or: [note] },
      { ...note, in: ["x"] },
      { ...note, owner: "ann" },
    ]) {
      expect((await search({ text: "owl", filter })).status).toBe(400);
    }
  });

  test("a filter of a hundred thousand conditions is refused before it is compared", async () => {
    const or = Array.from({ length: 100_000 }, (_, i) => ({ field: "n", equals: i }));
    expect((await search({ text: "owl", filter: { or } })).status).toBe(422);
  });

  test("a query of white space finds nothing, and is told to be unread", async () => {
    expect(await (await search({ text: " \n" })).json()).toMatchObject({ hits: [], unread: true });
  });

  test("a query vector ten times too long is scored as a cosine", async () => {
    await add('{"id": "a", "text": "owl"}');
    const { data } = await (await edge.post("/v1/embeddings", { model: "bag", input: "owl" })).json();
    const vector = data[0].embedding.map((value: number) => value * 10);
    const { hits } = await (await search({ vector })).json();
    expect(hits[0].score).toBeCloseTo(1, 6);
  });

  test.each([".", "..", "a/b", "100%", "a\0b", "🐦"])("an entry of the id %j is updated and removed", async (id) => {
    await add(JSON.stringify({ id, text: "owl" }));
    expect((await edge.post("/v1/collections/birds/entries/update", { id, fields: { n: 1 } })).status).toBe(204);
    const { hits } = await (await search({ text: "owl" })).json();
    expect(hits[0].entry).toEqual({ id, text: "owl", fields: { n: 1 } });
    const removed = await edge.post("/v1/collections/birds/entries/remove", { ids: [id] });
    expect(await removed.json()).toEqual({ removed: 1 });
  });

  test.each([[[[101, 2023, 102]]], [[1, 2, 3]]])("token ids %j are refused, saying to send the text", async (input) => {
    const refused = await edge.post("/v1/embeddings", { model: "bag", input });
    expect(refused.status).toBe(400);
    expect((await errorOf(refused)).message).toMatch(/Token ids.*send the text itself/);
  });
});

describe("what an answer may cost", () => {
  test("texts of more tokens than a call may have are refused before any is embedded", async () => {
    const { window, ...bag } = createBagEmbedder();
    const embedder = { ...bag, window: { ...window, limit: 256 } };
    const embed = vi.spyOn(embedder, "embed");
    edge.models.set("bag", { state: "ready", embedder, backend: "js", why: "it counts" });
    const ask = (input: string[]) => edge.post("/v1/embeddings", { model: "bag", input });
    for (const input of [Array(2048).fill("owl ".repeat(200)), Array(30).fill("x".repeat(80_000))]) {
      const refused = await ask(input);
      expect(refused.status).toBe(422);
      expect((await errorOf(refused)).do).toContain("several calls");
    }
    expect(embed).not.toHaveBeenCalled();
    expect((await ask(Array(2048).fill("owl ".repeat(20)))).status).toBe(200);
  });

  test("hits of more characters than an answer may have are refused, and fewer are answered", async () => {
    for (let i = 0; i < 4; i++) {
      const entries = Array.from({ length: 50 }, (_, j) => ({
        id: `e${i}-${j}`,
        text: "owl",
        fields: { a: "x".repeat(60_000) },
      }));
      expect((await edge.post("/v1/collections/birds/entries", { entries })).status).toBe(200);
    }
    const refused = await edge.post("/v1/collections/birds/search", { text: "owl", k: 1000 });
    expect(refused.status).toBe(422);
    expect((await errorOf(refused)).do).toContain("fewer hits");
    expect((await edge.post("/v1/collections/birds/search", { text: "owl", k: 100 })).status).toBe(200);
  });
});

describe("requests that do not fit", () => {
  test("what is no JSON is refused with 400, what does not claim to be JSON with 415", async () => {
    expect((await edge.post("/v1/collections", "{name:")).status).toBe(400);
    const plain = await edge.app.request("/v1/collections", { method: "POST", body: "x" });
    expect(plain.status).toBe(415);
    expect((await errorOf(plain)).do).toContain("application/json");
  });

  test("a search asks by text or by vector, not both and not neither", async () => {
    const both = await edge.post("/v1/collections/birds/search", { text: "owl", vector: [1] });
    expect(both.status).toBe(400);
    expect((await edge.post("/v1/collections/birds/search", {})).status).toBe(400);
  });

  test("a vector that names another space is refused naming both", async () => {
    const vector = Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0));
    const refused = await edge.post("/v1/collections/birds/search", { vector, space: "f".repeat(32) });
    expect(refused.status).toBe(409);
    expect((await errorOf(refused)).code).toBe("space-mismatch");
  });

  test("a field nobody knows is refused, so that a typing error is not a silent wish", async () => {
    expect((await edge.post("/v1/collections/birds/search", { text: "owl", limit: 3 })).status).toBe(400);
  });

  test("an unknown route answers JSON", async () => {
    for (const path of ["/v1/nothing", "/nothing", "/v1/collections/birds/nothing"]) {
      const missing = await edge.app.request(path);
      expect(missing.status).toBe(404);
      expect((await errorOf(missing)).do).toContain("/openapi.json");
    }
  });

  test("an unforeseen failure keeps its words for the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const embedder = { ...createBagEmbedder(), embed: () => Promise.reject(new Error("secret path /home/ann")) };
    edge.models.set("bag", { state: "ready", embedder, backend: "js", why: "it fails" });
    const failed = await edge.post("/v1/embeddings", { model: "bag", input: "owl" });
    expect(failed.status).toBe(500);
    expect(await failed.text()).not.toContain("secret");
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe("what every client may rely on", () => {
  test("a search tells its stages in Server-Timing", async () => {
    const response = await edge.post("/v1/collections/birds/search", { text: "owl" });
    expect(response.headers.get("server-timing")).toMatch(/^embed;dur=[\d.]+, search;dur=[\d.]+, total;dur=[\d.]+$/);
  });

  test("/openapi.json describes every route there is", async () => {
    const { paths } = await (await edge.app.request("/openapi.json")).json();
    const described = Object.entries(paths).flatMap(([path, verbs]) =>
      Object.keys(verbs as object).map((verb) => `${verb.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`),
    );
    const served = edge.app.routes.filter(({ method, path }) => method !== "ALL" && path !== "/openapi.json");
    expect(described.sort()).toEqual([...new Set(served.map(({ method, path }) => `${method} ${path}`))].sort());
  });

  test("/openapi.json describes what is accepted: the width of vectors, bounds of one kind", async () => {
    const { components } = await (await edge.app.request("/openapi.json")).json();
    expect(components.schemas.EmbeddingsQuery.properties.dimensions).toMatchObject({ type: "integer", enum: [64] });
    const { range } = components.schemas.Filter.anyOf.find(
      ({ properties }: { properties: { range?: object } }) => properties.range,
    ).properties;
    expect(range.anyOf.map(({ properties }: { properties: { from: object } }) => properties.from)).toEqual([
      { type: "number" },
      { type: "string" },
    ]);
  });

  test("/openapi.json has an example of a model that every server has", async () => {
    const { components } = await (await edge.app.request("/openapi.json")).json();
    expect(components.schemas.EmbeddingsQuery.properties.model.example).toBe("starter");
  });

  test("/openapi.json says how the key is sent, and what the guards answer on every route", async () => {
    const { paths, components, security } = await (await edge.app.request("/openapi.json")).json();
    expect(components.securitySchemes.key).toMatchObject({ type: "http", scheme: "bearer" });
    expect(security).toEqual([{}, { key: [] }]);
    const guards = ["400", "401", "403", "414", "421"];
    const body = ["408", "413", "415", "422", "503"];
    for (const [verb, { responses }] of Object.values(paths).flatMap((verbs) => Object.entries(verbs as object))) {
      const expected = verb === "post" || verb === "patch" ? [...guards, ...body] : guards;
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(expected));
    }
  });

  test("/ready is 503 until a model is ready, /health is 200 meanwhile", async () => {
    edge.models.set("bag", { state: "loading", why: "it is being loaded" });
    expect((await edge.app.request("/ready")).status).toBe(503);
    expect(await (await edge.app.request("/health")).json()).toMatchObject({
      status: "ok",
      models: { bag: "loading" },
    });
  });
});
