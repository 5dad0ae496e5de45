import { AbortedError, createMemoryStore, type Embedder, exactIndex, openCollection } from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openSqlite } from "../node/sqlite/sqlite.ts";
import { type SqlDatabase, sql } from "../sql/sql-database.ts";
import { ModelStates } from "./model-states.ts";
import { Registry, type RegistryParts } from "./registry.ts";
import { sqlCollections } from "./sql-collections.ts";

let database: SqlDatabase;
let models: ModelStates;
let logged: ReturnType<typeof vi.spyOn>;
const open: Registry[] = [];

beforeEach(async () => {
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  database = await openSqlite(":memory:");
  models = new ModelStates(BAG_SPACE, ["rough", "exact"]);
  ready("rough", createBagEmbedder({ name: "rough", fidelity: { mean: 0.9, min: 0.8 } }));
});
afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close();
  await database.close();
  logged.mockRestore();
});

function ready(name: string, embedder: Embedder) {
  models.set(name, { state: "ready", embedder, backend: "js", why: `${name} is there` });
}

function openRegistry(parts: Partial<RegistryParts> = {}) {
  const openCollection = sqlCollections({ database, index: exactIndex });
  const registry = new Registry({ database, models, openCollection, ...parts });
  open.push(registry);
  return registry;
}

async function filled(registry: Registry, name = "birds") {
  await registry.create(name);
  const engine = await registry.open(name);
  await engine.add([{ id: "owl", text: "silent wings at night" }]);
  return engine;
}

describe("a better model", () => {
  test("is handed to open engines, and embeds again what was provisional, as work that is kept alive", async () => {
    const [ended, exact] = [vi.fn(), createBagEmbedder({ name: "exact" })];
    const keepAlive = vi.fn(() => ended);
    const engine = await filled(openRegistry({ keepAlive }));
    // Vectors of low fidelity are no reason to embed entries again.
    expect(keepAlive).not.toHaveBeenCalled();
    expect((await engine.stats()).provisional).toBe(1);
    ready("exact", exact);
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
    expect(keepAlive).toHaveBeenCalledOnce();
    expect((await engine.stats()).provisional).toBe(0);
    const { pieces } = exact.calls;
    await engine.search("wings");
    expect(exact.calls.pieces).toBe(pieces + 1);
  });

  test("that is ready while a collection is being opened is handed to its engine", async () => {
    const registry = openRegistry();
    await registry.create("birds");
    const exact = createBagEmbedder({ name: "exact" });
    const batch = database.batch.bind(database);
    vi.spyOn(database, "batch").mockImplementation((statements) => {
      if (statements[0]?.sql.startsWith("INSERT INTO collections")) ready("exact", exact);
      return batch(statements);
    });
    await (await registry.open("birds")).search("wings");
    expect(exact.calls.pieces).toBe(1);
  });

  test("that fails is logged, and the entries stay", async () => {
    const engine = await filled(openRegistry());
    const failure = new Error("the model is broken");
    ready("exact", { ...createBagEmbedder({ name: "exact" }), embed: () => Promise.reject(failure) });
    await vi.waitFor(() => expect(logged).toHaveBeenCalledWith(failure));
    expect(await engine.stats()).toMatchObject({ entries: 1, provisional: 1 });
  });

  test("stops when the registry closes, which waits for it and does not log it", async () => {
    const registry = openRegistry();
    await filled(registry);
    const began = Promise.withResolvers<void>();
    let hasEnded = false;
    const embed: Embedder["embed"] = async (_, { signal } = {}) => {
      began.resolve();
      await new Promise((aborted) => signal?.addEventListener("abort", aborted));
      await new Promise((resolve) => setTimeout(resolve, 20));
      hasEnded = true;
      throw new AbortedError("closing");
    };
    ready("exact", { ...createBagEmbedder({ name: "exact" }), embed });
    await began.promise;
    await registry.close();
    expect(hasEnded).toBe(true);
    expect(logged).not.toHaveBeenCalled();
  });
});

describe("opening ahead", () => {
  test("does not wait for a collection that cannot be opened, whose next request says why", async () => {
    const registry = openRegistry();
    for (const name of ["birds", "other"]) await registry.create(name);
    await database.batch([sql("UPDATE collections SET space = 'elsewhere' WHERE name = 'other'")]);
    await registry.openAhead();
    expect(await registry.unready()).toEqual([]);
    await expect(registry.open("other")).rejects.toMatchObject({ code: "space-mismatch" });
  });

  test("waits for a collection until it has caught up, and asks it no more after that", async () => {
    const registry = openRegistry();
    await registry.create("birds");
    await registry.openAhead();
    const engine = await registry.open("birds");
    const behind = { ...(await engine.stats()), catchingUp: { done: 40, total: 100 } };
    const stats = vi.spyOn(engine, "stats").mockResolvedValueOnce(behind);
    expect(await registry.unready()).toEqual([{ name: "birds", done: 40, total: 100 }]);
    expect([await registry.unready(), await registry.unready()]).toEqual([[], []]);
    expect(stats).toHaveBeenCalledTimes(2);
  });

  test("does not wait for a collection that a caller has opened, or whose engine cannot tell", async () => {
    const registry = openRegistry();
    for (const name of ["a", "b", "c"]) await registry.create(name);
    const open = registry.open.bind(registry);
    vi.spyOn(registry, "open").mockImplementation(() => new Promise(() => {}));
    void registry.openAhead();
    await vi.waitFor(async () => expect(await registry.unready()).toHaveLength(3));
    await open("b");
    vi.spyOn(await open("c"), "stats").mockRejectedValue(new Error("the disk is gone"));
    expect((await registry.unready()).map(({ name }) => name)).toEqual(["a"]);
  });

  test("ends when the registry closes", async () => {
    const registry = openRegistry();
    for (const name of ["a", "b"]) await registry.create(name);
    const opening = vi.spyOn(registry, "open").mockImplementation(() => registry.close() as Promise<never>);
    await registry.openAhead();
    expect(opening.mock.calls).toEqual([["a"]]);
    expect(logged).not.toHaveBeenCalled();
  });
});

test("asking whether all is ready closes idle engines, though nobody opens others", async () => {
  const registry = openRegistry({ mostOpen: 1, idleMs: 5 });
  const engine = await filled(registry, "a");
  await filled(registry, "b");
  await new Promise((resolve) => setTimeout(resolve, 10));
  await registry.unready();
  await expect(engine.search("wings")).rejects.toMatchObject({ code: "closed" });
});

test("a collection that was never created is unknown", async () => {
  const registry = openRegistry();
  await expect(registry.info("none")).rejects.toMatchObject({ code: "unknown-collection" });
  await expect(registry.open("none")).rejects.toMatchObject({ code: "unknown-collection" });
});

test("closing ends every engine", async () => {
  const registry = openRegistry();
  const engines = [await filled(registry, "a"), await filled(registry, "b")];
  await registry.close();
  for (const engine of engines) await expect(engine.search("wings")).rejects.toMatchObject({ code: "closed" });
});

test("another kind of collection can stand behind a name", async () => {
  const collection = await openCollectionInMemory();
  await collection.upsert([{ ...OWL, fields: {} }]);
  const registry = openRegistry({ openCollection: async () => collection });
  await registry.create("birds");
  const { hits } = await (await registry.open("birds")).search("silent wings");
  expect(hits.map(({ id }) => id)).toEqual(["owl"]);
});

const openCollectionInMemory = () => openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
const OWL = {
  ...{ id: "owl", text: "silent wings", passages: [{ start: 0, end: 12 }], producer: "bag", provisional: false },
  vectors: Float32Array.from({ length: BAG_SPACE.dimensions }, (_, i) => Number(i === 0)),
};
