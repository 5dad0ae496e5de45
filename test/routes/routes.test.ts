import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BAG_SPACE, createBagEmbedder } from "../fixtures/bag-embedder.ts";
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

describe("/v1/embeddings", () => {
  const ask = (body: object) => edge.post("/v1/embeddings", { model: "bag", ...body });

  test("returns one unit vector per text in the order asked, naming space and producer", async () => {
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

  test("embeds one text as a question, which bulk work lets pass, and several as bulk work", async () => {
    const embedder = createBagEmbedder();
    const embed = vi.spyOn(embedder, "embed");
    edge.models.set("bag", { state: "ready", embedder, backend: "js", why: "it tells its calls" });
    for (const input of ["owl", ["owl"], ["owl", "lark"]]) {
      expect((await ask({ input })).headers.get("server-timing")).toMatch(/^embed;dur=[\d.]+$/);
    }
    expect(embed.mock.calls.map(([, options]) => options?.priority)).toEqual(["query", "query", "bulk"]);
  });

  test("prepares texts as entries are prepared: a capital sigma is one letter wherever it stands", async () => {
    const { data } = await (await ask({ input: ["ΟΔΟΣ", "οδοσ"] })).json();
    expect(data[0].embedding).toEqual(data[1].embedding);
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
    const { type, message } = await errorOf(refused);
    expect([type, message]).toEqual(["invalid_request_error", expect.stringMatching(/ada.*bag/)]);
  });

  test("for a model that no place has, the answer names no time to try again", async () => {
    edge.models.set("bag", { state: "absent", why: "no folder is named" });
    const refused = await ask({ input: "owl" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([404, null]);
  });

  test("a model that is still loading answers 503 and when to come again", async () => {
    edge.models.set("bag", { state: "loading", why: "it is being loaded" });
    const refused = await ask({ input: "owl" });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await errorOf(refused)).type).toBe("server_error");
  });
});

describe("/v1/models", () => {
  const list = async () => (await edge.app.request("/v1/models")).json();

  test("tells the state of each model, and what one that is ready computes with", async () => {
    const about = { id: "bag", object: "model", owned_by: "pipit", dimensions: 64, space: BAG_SPACE.id };
    const ready = { state: "ready", backend: "js", producer: createBagEmbedder().producer };
    expect(await list()).toMatchObject({ object: "list", data: [{ ...about, ...ready, why: "the test asks for it" }] });
    edge.models.set("bag", { state: "failed", why: "it is torn" });
    const { data } = await list();
    expect(data).toMatchObject([{ ...about, state: "failed", why: "it is torn" }]);
    expect(Object.keys(data[0])).not.toContain("producer");
  });
});

describe.each(["remove", "update", "owl/2"])("an entry of the id %j", (id) => {
  const path = `/v1/collections/birds/entries/${encodeURIComponent(id)}`;
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
  test("creating twice is no failure and keeps the entries", async () => {
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

describe("requests that do not fit", () => {
  test("invalid JSON is refused with 400, another content type with 415", async () => {
    expect((await edge.post("/v1/collections", "{name:")).status).toBe(400);
    const plain = await edge.app.request("/v1/collections", { method: "POST", body: "x" });
    expect(plain.status).toBe(415);
    expect((await errorOf(plain)).do).toContain("application/json");
  });

  test.each(["[]", "null", '"owl"', "1"])("a body of %s is refused as a whole", async (body) => {
    const refused = await edge.post("/v1/collections/birds/search", body);
    expect([refused.status, (await errorOf(refused)).got]).toEqual([400, expect.stringMatching(/^the request: /)]);
  });

  test.each(["", " ", "{name:", "{} {}"])("a body of %j is malformed", async (body) => {
    const refused = await edge.post("/v1/collections/birds/search", body);
    expect([refused.status, (await errorOf(refused)).got]).toEqual([400, "malformed JSON"]);
  });

  test("a search asks by text, by vector or by both, not by neither", async () => {
    await edge.post("/v1/collections/birds/entries", { entries: entries(1) });
    const vector = Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0));
    for (const query of [{ text: "owl" }, { vector }, { text: "owl", vector }])
      expect((await edge.post("/v1/collections/birds/search", query)).status).toBe(200);
    for (const query of [{}, { vector, ranking: "words" }, { text: "owl", ranking: "best" }])
      expect((await edge.post("/v1/collections/birds/search", query)).status).toBe(400);
  });

  test("a vector that names another space is refused naming both", async () => {
    const vector = Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0));
    const refused = await edge.post("/v1/collections/birds/search", { vector, space: "f".repeat(32) });
    expect(refused.status).toBe(409);
    expect((await errorOf(refused)).code).toBe("space-mismatch");
  });

  test("a vector that names the collection's space is searched with", async () => {
    await edge.post("/v1/collections/birds/entries", { entries: entries(1) });
    const { data, space } = await (await edge.post("/v1/embeddings", { model: "bag", input: "a bird" })).json();
    const answer = await edge.post("/v1/collections/birds/search", { vector: data[0].embedding, space });
    expect([answer.status, (await answer.json()).hits]).toMatchObject([200, [{ id: "b0" }]]);
  });

  test("an unknown field is refused, so that typing errors do not pass silently", async () => {
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
    expect(log).toHaveBeenCalledExactlyOnceWith(
      `request ${failed.headers.get("x-request-id")}:`,
      expect.objectContaining({ message: "secret path /home/ann" }),
    );
    log.mockRestore();
  });
});

describe("promises to every client", () => {
  test("a search tells its stages in Server-Timing", async () => {
    const response = await edge.post("/v1/collections/birds/search", { text: "owl" });
    expect(response.headers.get("server-timing")).toMatch(/^embed;dur=[\d.]+, search;dur=[\d.]+, total;dur=[\d.]+$/);
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
