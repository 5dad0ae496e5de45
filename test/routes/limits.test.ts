import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createBagEmbedder } from "../fixtures/bag-embedder.ts";
import { openEdgeApp } from "../fixtures/edge-app.ts";

let edge: Awaited<ReturnType<typeof openEdgeApp>>;

beforeEach(async () => {
  edge = await openEdgeApp();
  await edge.post("/v1/collections", { name: "birds" });
});
afterEach(() => edge.close());

const entries = (count: number, text = "a bird") => Array.from({ length: count }, (_, i) => ({ id: `b${i}`, text }));
const errorOf = async (response: Response) => (await response.json()).error;
const stored = async () => (await (await edge.app.request("/v1/collections/birds")).json()).entries;

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
    expect((await errorOf(refused)).got).toMatch(/^entries\[0\]\.text: /);
  });

  // Two UTF-16 units each: within the limit by JSON Schema's count, above it by core's.
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

  test("a value that is too long and of a wrong type is malformed", async () => {
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

  test("a filter nested a hundred thousand deep is refused, and other requests are answered", async () => {
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

  test("a query of white space finds nothing and is marked as unread", async () => {
    expect(await (await search({ text: " \n" })).json()).toMatchObject({ hits: [], unread: true });
  });

  test("a query vector ten times too long is scored as a cosine", async () => {
    await add('{"id": "a", "text": "owl"}');
    const { data } = await (await edge.post("/v1/embeddings", { model: "bag", input: "owl" })).json();
    const vector = data[0].embedding.map((value: number) => value * 10);
    const { hits } = await (await search({ vector })).json();
    expect(hits[0].evidence.cosine).toBeCloseTo(1, 6);
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
    const embedder = { ...bag, window: { ...window!, limit: 256 } };
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
