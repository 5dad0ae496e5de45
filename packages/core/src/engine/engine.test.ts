import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { describe, expect, test } from "vitest";
import { openCollection } from "../collection/local-collection.ts";
import { createMemoryStore } from "../collection/memory-store.ts";
import { exactIndex } from "../index/exact-index.ts";
import { textsOf } from "../pieces.ts";
import type { Embedder } from "../ports/embedder.ts";
import type { EntryPatch } from "../ports/search-engine.ts";
import { createEngine, type LocalEngine } from "./engine.ts";

const rough = createBagEmbedder({ name: "rough", fidelity: { mean: 0.8, min: 0.5 } });
const exact = createBagEmbedder({ name: "exact" });

async function engineWith(embedder = createBagEmbedder()) {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  return createEngine({ collection, embedder, backend: "js", why: "test" });
}

const notes = Array.from({ length: 70 }, (_, i) => ({ id: `n${i}`, text: `note number ${i}` }));

describe("engine", () => {
  test("entries of a rough producer are provisional until a better one embeds them again", async () => {
    const engine = await engineWith(rough);
    await engine.add(notes);
    expect((await engine.stats()).provisional).toBe(70);
    engine.adopt({ embedder: exact, backend: "js", why: "arrived" });
    const progress: number[] = [];
    await engine.refine({ onProgress: ({ done }) => progress.push(done) });
    expect(progress.at(-1)).toBe(70);
    expect(await engine.stats()).toMatchObject({ provisional: 0, entries: 70, producer: { name: "exact" } });
    const { hits } = await engine.search("note number 42", { k: 5 });
    expect(hits.map((hit) => hit.id)).toContain("n42");
  });

  test("a rough producer may ask, but not refine", async () => {
    const engine = await engineWith(rough);
    await engine.add(notes.slice(0, 2));
    await expect(engine.refine()).rejects.toMatchObject({ code: "fidelity-too-low" });
    expect((await engine.search("note number 1", { k: 1 })).hits[0]?.id).toBe("n1");
  });

  test("an aborted refine keeps the batches it finished", async () => {
    const engine = await engineWith(rough);
    await engine.add(notes);
    engine.adopt({ embedder: exact, backend: "js", why: "arrived" });
    const controller = new AbortController();
    const refining = engine.refine({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(refining).rejects.toMatchObject({ name: "AbortError" });
    const { provisional } = await engine.stats();
    expect(provisional).toBeGreaterThan(0);
    expect(provisional).toBeLessThan(70);
  });

  test("a producer of another space cannot be adopted", async () => {
    const engine = await engineWith();
    const foreign = { ...exact, space: { ...BAG_SPACE, id: "0".repeat(32) } };
    expect(() => engine.adopt({ embedder: foreign, backend: "js", why: "x" })).toThrow(/space/);
  });

  test("an embedder of another space than the collection's is refused", async () => {
    const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
    const embedder = { ...exact, space: { ...BAG_SPACE, id: "0".repeat(32) } };
    expect(() => createEngine({ collection, embedder, backend: "js", why: "x" })).toThrow(/space/);
  });

  test("refine ends although entries stay provisional", async () => {
    const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
    const engine = createEngine({ collection, embedder: rough, backend: "js", why: "test" });
    await engine.add(notes);
    engine.adopt({ embedder: exact, backend: "js", why: "arrived" });
    collection.reembed = async () => undefined;
    await engine.refine();
    expect((await engine.stats()).provisional).toBe(70);
  });

  test.each([
    ["an id of more than 512 characters", { id: "x".repeat(513), text: "a word" }],
    ["a field that is an object", { id: "a", text: "a word", fields: { size: { cm: 3 } } }],
    ["a field that is not a finite number", { id: "a", text: "a word", fields: { size: Number.NaN } }],
    ["fields that are a list", { id: "a", text: "a word", fields: ["size"] }],
  ])("refuses an entry with %s", async (_, entry) => {
    const engine = await engineWith();
    await expect(engine.add([entry as never])).rejects.toMatchObject({ code: "bad-input" });
    expect((await engine.stats()).entries).toBe(0);
  });

  test("refuses an update with fields that cannot be filtered by", async () => {
    const engine = await engineWith();
    await engine.add(notes.slice(0, 1));
    const fields = { size: { cm: 3 } } as never;
    await expect(engine.update("n0", { fields })).rejects.toMatchObject({ code: "bad-input" });
    expect((await engine.search("note", { k: 1 })).hits[0]?.entry.fields).toEqual({});
  });

  test("a change of fields embeds nothing", async () => {
    const embedder = createBagEmbedder();
    const engine = await engineWith(embedder);
    await engine.add(notes.slice(0, 1));
    const before = embedder.calls.pieces;
    await engine.update("n0", { fields: { seen: true } });
    expect(embedder.calls.pieces).toBe(before);
  });

  describe("while the new text of an update is embedded", () => {
    const owl = { id: "a", text: "owl", fields: { v: 1 } };

    /** Updates the entry while `meanwhile` runs to completion; returns the update's failure and the entry afterwards. */
    async function updated(patch: EntryPatch, meanwhile: (engine: LocalEngine) => Promise<unknown>) {
      const gate = Promise.withResolvers<void>();
      const embedding = Promise.withResolvers<void>();
      const embed: Embedder["embed"] = async (pieces, options) => {
        if (textsOf(pieces).some((text) => text === patch.text)) {
          embedding.resolve();
          await gate.promise;
        }
        return exact.embed(pieces, options);
      };
      const engine = await engineWith({ ...exact, embed });
      await engine.add([owl]);
      const updating = engine.update("a", patch).catch((error) => error.code);
      await embedding.promise;
      await meanwhile(engine);
      gate.resolve();
      const failure = await updating;
      return { failure, entry: (await engine.search("owl")).hits[0]?.entry };
    }

    test("the entry is removed, and the update fails", async () => {
      const outcome = await updated({ text: "owl 2", fields: { v: 3 } }, (engine) => engine.remove(["a"]));
      expect(outcome).toEqual({ failure: "unknown-entry", entry: undefined });
    });

    test.each<[string, EntryPatch, (engine: LocalEngine) => Promise<unknown>]>([
      ["an update of the fields", { text: "owl 2" }, (engine) => engine.update("a", { fields: { v: 2 } })],
      ["an added entry", { text: "owl 2" }, (engine) => engine.add([{ ...owl, fields: { v: 2 } }])],
      [
        "a removed and added one",
        { text: "owl 2" },
        async (engine) => {
          await engine.remove(["a"]);
          await engine.add([{ ...owl, fields: { v: 2 } }]);
        },
      ],
    ])("the fields of %s stay", async (_, patch, meanwhile) => {
      const entry = { id: "a", text: "owl 2", fields: { v: 2 } };
      expect(await updated(patch, meanwhile)).toEqual({ failure: undefined, entry });
    });
  });

  test("an update that names nothing writes nothing, and fails for an id that is not there", async () => {
    const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
    const engine = createEngine({ collection, embedder: exact, backend: "js", why: "test" });
    await engine.add(notes.slice(0, 1));
    const { sequence } = await collection.stats();
    await engine.update("n0", {});
    expect((await collection.stats()).sequence).toBe(sequence);
    await expect(engine.update("nobody", {})).rejects.toMatchObject({ code: "unknown-entry" });
  });

  test("a source is read at most two batches ahead of what is stored: one is embedded, the next one gathered", async () => {
    const engine = await engineWith();
    let read = 0;
    const seen: { readonly done: number; readonly read: number }[] = [];
    function* source() {
      for (; read < 5000; read++) yield { id: `n${read}`, text: `note number ${read}` };
    }
    await engine.add(source(), { onProgress: ({ done }) => seen.push({ done, read }) });
    expect(seen.length).toBeGreaterThan(5);
    for (const [i, { read: by }] of seen.entries()) expect(by).toBeLessThanOrEqual(seen[i + 2]?.done ?? 5000);
  });

  test("an update to a text with nothing to read leaves the entry as it was", async () => {
    const engine = await engineWith();
    await engine.add(notes.slice(0, 1));
    await expect(engine.update("n0", { text: "  " })).rejects.toMatchObject({ code: "nothing-to-read", got: '"  "' });
    expect((await engine.search("note number 0", { k: 1 })).hits[0]?.entry.text).toBe("note number 0");
  });

  test("an entry that is added with an empty text is removed and listed as skipped", async () => {
    const engine = await engineWith();
    await engine.add(notes.slice(0, 2));
    expect(await engine.add([{ id: "n0", text: " \n" }])).toEqual({ added: 0, skipped: ["n0"] });
    expect((await engine.search("note number 0")).hits.map((hit) => hit.id)).toEqual(["n1"]);
    expect(await engine.ids()).toEqual(["n1"]);
  });

  test("entries are read by their ids, in the order of these, without those that are missing", async () => {
    const engine = await engineWith();
    await engine.add([{ id: "n0", text: "note number 0", fields: { tags: ["a"] } }, ...notes.slice(1, 3)]);
    const read = await engine.entriesOf(["n2", "gone", "n0", "n2"]);
    expect(read).toEqual([
      { id: "n2", text: "note number 2", fields: {} },
      { id: "n0", text: "note number 0", fields: { tags: ["a"] } },
    ]);
    Object.assign(read[1]!.fields!, { tags: ["changed"] });
    expect((await engine.entriesOf(["n0"]))[0]?.fields).toEqual({ tags: ["a"] });
    await expect(engine.entriesOf("n0" as never)).rejects.toMatchObject({ code: "bad-input" });
  });

  test("a provisional producer removes emptied entries too, and refine does not add them again", async () => {
    const engine = await engineWith(rough);
    await engine.add(notes.slice(0, 2));
    engine.adopt({ embedder: exact, backend: "js", why: "arrived" });
    await Promise.all([engine.refine(), engine.add([{ id: "n0", text: "" }])]);
    expect(await engine.ids()).toEqual(["n1"]);
  });

  test("one id a thousand times in a call is one entry, the last", async () => {
    const embedder = createBagEmbedder();
    const engine = await engineWith(embedder);
    const done: number[] = [];
    const same = Array.from({ length: 1000 }, (_, i) => ({ id: "same", text: `version ${i}` }));
    const summary = await engine.add(same, { onProgress: (progress) => done.push(progress.done) });
    expect(summary).toEqual({ added: 1, skipped: [] });
    expect(done.at(-1)).toBe(1000);
    expect((await engine.search("version", { k: 5 })).hits.map((hit) => hit.entry.text)).toEqual(["version 999"]);
    expect(embedder.calls.pieces).toBeLessThan(20);
  });

  test("of an id with and without a text the last one counts, also over batches", async () => {
    const engine = await engineWith();
    const filling = Array.from({ length: 200 }, (_, i) => ({ id: `f${i}`, text: "filling" }));
    const [emptied, filled] = [
      { id: "emptied", text: "owl" },
      { id: "filled", text: "" },
    ];
    const last = [
      { ...emptied, text: "" },
      { ...filled, text: "owl" },
    ];
    expect(await engine.add([emptied, filled, ...filling, ...last])).toEqual({ added: 201, skipped: ["emptied"] });
    expect(await engine.ids()).toContain("filled");
    expect(await engine.ids()).not.toContain("emptied");
  });

  test("an add that fails says how many entries of the call are stored", async () => {
    const engine = await engineWith();
    const failing = engine.add([...notes, { id: "", text: "no id" }]);
    await expect(failing).rejects.toMatchObject({ code: "bad-input", stored: 64 });
    await expect(failing).rejects.toThrow("The first 64 entries of this call are stored.");
    expect((await engine.stats()).entries).toBe(64);
    await expect(engine.add([{ id: "", text: "no id" }])).rejects.toThrow("Nothing of this call is stored.");
  });

  test("a caller's change of a hit does not change stored entries", async () => {
    const engine = await engineWith();
    await engine.add([{ id: "a", text: "owl", fields: { tags: ["night"] } }]);
    const [hit] = (await engine.search("owl")).hits;
    (hit!.entry.fields!.tags as string[]).push("mine");
    expect((await engine.search("owl")).hits[0]?.entry.fields).toEqual({ tags: ["night"] });
  });

  describe("entries that are added for their meaning to come later", () => {
    const later = { meaning: "later" } as const;

    test("are found by their words at once, and by meaning when they are completed by any producer", async () => {
      const engine = await engineWith(rough);
      const progress: number[] = [];
      await engine.add(notes, later);
      expect(await engine.stats()).toMatchObject({ entries: 70, passages: 0, provisional: 70, wordsOnly: 70 });
      const [before] = (await engine.search("note number 42")).hits;
      expect(before).toMatchObject({ id: "n42", match: "words" });
      await engine.complete({ onProgress: ({ done }) => progress.push(done) });
      expect(progress.at(-1)).toBe(70);
      expect(await engine.stats()).toMatchObject({ passages: 70, provisional: 70, wordsOnly: 0 });
      const [after] = (await engine.search("note number 42")).hits;
      expect(after).toMatchObject({ id: "n42", evidence: { cosine: expect.closeTo(1, 5) } });
      await engine.complete();
    });

    test("are embedded once: by the producer that completes them, or by one that refines", async () => {
      const embedder = createBagEmbedder();
      const engine = await engineWith(embedder);
      await engine.add(notes, later);
      expect(embedder.calls.pieces).toBe(0);
      await engine.refine();
      await engine.complete();
      expect(embedder.calls.pieces).toBe(70);
      expect((await engine.stats()).provisional).toBe(0);
    });

    test("keep what others wrote meanwhile, and name what is not read and what is empty", async () => {
      const engine = await engineWith();
      const texts = [
        { id: "n0", text: "owl" },
        { id: "empty", text: " " },
        { id: "thai", text: "นกฮูก" },
      ];
      expect(await engine.add(texts, later)).toEqual({ added: 2, skipped: ["empty"], unread: ["thai"] });
      expect((await engine.stats()).wordsOnly).toBe(1);
      const completing = engine.complete();
      await engine.add([{ id: "n0", text: "lark" }]);
      await completing;
      expect((await engine.search("lark")).hits[0]).toMatchObject({ id: "n0", entry: { text: "lark" } });
    });

    test("is the only other time", async () => {
      await expect((await engineWith()).add([], { meaning: "soon" as never })).rejects.toMatchObject({
        code: "bad-input",
      });
    });
  });

  test("words are compared in the language of the collection", async () => {
    const text = "Kleine Häuser am Fluss";
    const found = async (language: string) => {
      const store = createMemoryStore(BAG_SPACE);
      const collection = await openCollection({ store, index: exactIndex, language });
      const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
      await engine.add([{ id: "a", text }]);
      return (await engine.search("Haus ", { ranking: "words" })).hits.map(({ id }) => id);
    };
    expect([await found("de"), await found("zz")]).toEqual([["a"], []]);
    await expect(found("German")).rejects.toMatchObject({ code: "bad-input" });
  });

  test("a query vector of any length is scored as a cosine", async () => {
    const engine = await engineWith();
    await engine.add(notes.slice(0, 3));
    const unit = await exact.embed([{ modality: "text", text: "note number 1" }]);
    const { hits } = await engine.search(unit, { k: 3 });
    for (const factor of [10, 1e-9]) {
      const scaled = await engine.search(
        unit.map((value) => value * factor),
        { k: 3 },
      );
      expect(scaled.hits.map((hit) => hit.id)).toEqual(hits.map((hit) => hit.id));
      expect(scaled.hits[0]?.evidence.cosine).toBeCloseTo(1, 6);
    }
  });
});

test("an engine hands the words that its embedder knows to a collection without any", async () => {
  const vectorOf = (word: string) => (word === "note" || word === "memo" ? Float32Array.of(1, 0) : undefined);
  const embedder = { ...createBagEmbedder(), meanings: { dimensions: 2, vectorOf } };
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  const engine = createEngine({ collection, embedder, backend: "js", why: "the test has it" });
  await engine.add([{ id: "a", text: "a note" }]);
  expect((await engine.search("memo ")).hits[0]?.evidence.coverage).toBeGreaterThan(0);
});
