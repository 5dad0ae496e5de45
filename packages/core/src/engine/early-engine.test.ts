import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { describe, expect, test } from "vitest";
import { openCollection } from "../collection/local-collection.ts";
import { createMemoryStore } from "../collection/memory-store.ts";
import type { Entry } from "../entry.ts";
import { PipitError } from "../errors.ts";
import { exactIndex } from "../index/exact-index.ts";
import type { EmbedderChoice, LoadEmbedder } from "./chosen-embedder.ts";
import { createEngine, type LocalEngine } from "./engine.ts";

const rough = createBagEmbedder({ name: "rough", fidelity: { mean: 0.8, min: 0.5 } });
const exact = createBagEmbedder({ name: "exact" });
const notes = Array.from({ length: 70 }, (_, i) => ({ id: `n${i}`, text: `note number ${i}` }));

async function engineWith(embedder: typeof exact, entries: readonly Entry[]) {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  const engine = createEngine({ collection, embedder, backend: "js", why: "test" });
  await engine.add(entries);
  return engine;
}

/** An engine whose embedder is loaded by `load`. */
async function engineThatLoads(load: LoadEmbedder) {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  await createEngine({ collection, embedder: exact, backend: "js", why: "test" }).add(notes);
  return createEngine({ collection, load });
}

describe("an engine without its embedder", () => {
  const choice = { embedder: exact, backend: "js", why: "loaded" };
  const broken = new PipitError("model-unavailable", { got: "nothing", expected: "a file", do: "Serve it." });

  test("answers by words and says that there is more, then by meaning too", async () => {
    const loading = Promise.withResolvers<EmbedderChoice>();
    const engine = await engineThatLoads(() => loading.promise);
    const whole = engine.whole();
    const early = await engine.search("note number 7");
    expect(early).toMatchObject({ partial: true, producer: "none" });
    expect(early.hits[0]).toMatchObject({ id: "n7", match: "words" });
    expect(await engine.stats()).toMatchObject({ backend: "none", entries: 70 });
    loading.resolve(choice);
    await whole;
    const late = await engine.search("note number 7");
    expect(late).toEqual({
      ...(await (await engineWith(exact, notes)).search("note number 7")),
      took: expect.anything(),
    });
    expect(await engine.stats()).toMatchObject({ backend: "js", producer: exact.producer });
  });

  test("loads it for a query by meaning alone, and for entries", async () => {
    for (const work of [
      (engine: LocalEngine) => engine.search("note", { ranking: "meaning" }),
      (engine: LocalEngine) => engine.add([{ id: "new", text: "a word" }]),
      (engine: LocalEngine) => engine.update("n1", { text: "another word" }),
    ]) {
      let loads = 0;
      const engine = await engineThatLoads(async () => {
        loads++;
        return choice;
      });
      expect((await engine.search("note")).partial).toBe(true);
      expect(loads).toBe(0);
      await work(engine);
      expect((await engine.search("note")).partial).toBeUndefined();
      expect(loads).toBe(1);
    }
  });

  test("fails as loading did when it is needed next, unless it can be had then", async () => {
    const answers = [Promise.reject(broken), Promise.reject(broken), Promise.resolve(choice)];
    for (const answer of answers) answer.catch(() => undefined);
    const engine = await engineThatLoads(() => answers.shift()!);
    await expect(engine.whole()).rejects.toBe(broken);
    expect((await engine.search("note number 7", { ranking: "words" })).hits[0]?.id).toBe("n7");
    await expect(engine.search("note number 7")).rejects.toBe(broken);
    expect((await engine.search("note number 7")).hits[0]?.evidence.cosine).toBeGreaterThan(0);
  });

  test("stores entries for their words meanwhile, and splits them again when it embeds them", async () => {
    const sentence = "A heron waits by the river until the night is cold and the fish come up. ";
    const long = [{ id: "long", text: sentence.repeat(30) }];
    const loading = Promise.withResolvers<EmbedderChoice>();
    const engine = await engineThatLoads(() => loading.promise);
    await engine.add(long, { meaning: "later" });
    expect((await engine.search("heron river")).hits[0]).toMatchObject({ id: "long", match: "words" });
    loading.resolve(choice);
    await engine.complete();
    const atOnce = await engineWith(exact, [...notes, ...long]);
    expect((await engine.search("heron river")).hits[0]).toEqual((await atOnce.search("heron river")).hits[0]);
    expect((await engine.stats()).passages).toBe((await atOnce.stats()).passages);
  });

  test("keeps a better one that was adopted meanwhile", async () => {
    const loading = Promise.withResolvers<EmbedderChoice>();
    const engine = await engineThatLoads(() => loading.promise);
    const whole = engine.whole();
    engine.adopt({ embedder: exact, backend: "gpu", why: "better" });
    loading.resolve({ embedder: rough, backend: "js", why: "first" });
    await whole;
    expect((await engine.stats()).backend).toBe("gpu");
  });

  test("refuses one of another space", async () => {
    const foreign = { ...exact, space: { ...BAG_SPACE, id: "0".repeat(32) } };
    const engine = await engineThatLoads(async () => ({ ...choice, embedder: foreign }));
    await expect(engine.whole()).rejects.toMatchObject({ code: "space-mismatch" });
  });

  test("reaches words of near meaning once it is loaded, if it knows any", async () => {
    const vectorOf = (word: string) => (word === "note" || word === "memo" ? Float32Array.of(1, 0) : undefined);
    const meanings = { dimensions: 2, vectorOf };
    const engine = await engineThatLoads(async () => ({ ...choice, embedder: { ...exact, meanings } }));
    await engine.whole();
    expect((await engine.search("memo ")).hits[0]?.evidence.coverage).toBeGreaterThan(0);
  });
});
