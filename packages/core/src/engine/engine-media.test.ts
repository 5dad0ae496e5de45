import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { damagedPicture, fakePictures, pictureFile } from "@pipit/test/fixtures/fake-pictures";
import { PICTURES } from "@pipit/test/fixtures/further-space";
import { expect, test } from "vitest";
import { createMemoryBytes } from "../cache/memory-bytes.ts";
import { openCollection } from "../collection/local-collection.ts";
import { createMemoryStore } from "../collection/memory-store.ts";
import { exactIndex } from "../index/exact-index.ts";
import { LIMITS } from "../limits.ts";
import type { Embedder } from "../ports/embedder.ts";
import type { MediaReaders } from "./embed-media.ts";
import { createEngine } from "./engine.ts";

async function engineWith(media: MediaReaders | undefined = fakePictures()) {
  const collection = await openCollection({
    store: createMemoryStore(BAG_SPACE),
    index: exactIndex,
    further: [PICTURES],
    media: createMemoryBytes({ maxBytes: 1 << 20 }),
  });
  return createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test", media });
}

const picture = (colour: number, named = {}) => ({ bytes: pictureFile(colour), ...named });

test("a text finds entries by their texts and by their pictures", async () => {
  const engine = await engineWith();
  const summary = await engine.add([
    { id: "photo", media: [picture(1), picture(3, { name: "three.png" })], fields: { title: "Harbour" } },
    { id: "note", text: "A note about colour 3 and more" },
    { id: "both", text: "An owl", media: [picture(5)] },
  ]);
  expect(summary).toEqual({ added: 3, skipped: [] });
  const { hits, weak } = await engine.search("colour 3");
  expect(weak).toBeUndefined();
  const explained = await engine.search("colour 3", { explain: true });
  expect(explained.hits.find(({ id }) => id === "photo")?.reasons).toEqual([]);
  const photo = hits.find(({ id }) => id === "photo");
  expect(photo).toMatchObject({
    part: { modality: "picture", medium: 1 },
    evidence: { cosine: 1, space: PICTURES.space.id },
    matches: [],
    entry: { text: "", fields: { title: "Harbour" } },
  });
  expect(photo?.entry.media).toEqual([
    { digest: expect.stringMatching(/^[0-9a-f]{64}$/), type: "image/fake", size: 2 },
    { digest: expect.any(String), type: "image/fake", name: "three.png", size: 2 },
  ]);
  expect(hits.find(({ id }) => id === "note")).toMatchObject({ part: { modality: "text" }, evidence: { coverage: 1 } });
  expect((await engine.search("owl")).hits[0]).toMatchObject({
    id: "both",
    part: { modality: "text", text: "An owl" },
  });
  expect((await engine.search("harbour")).hits[0]).toMatchObject({ id: "photo", match: "words" });
});

test("a ranking by words compares no pictures, one by meaning does", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "photo", media: [picture(3)] }]);
  expect((await engine.search("colour 3", { ranking: "words" })).hits).toEqual([]);
  expect((await engine.search("colour 3", { ranking: "meaning" })).hits).toMatchObject([{ id: "photo" }]);
});

test("a picture finds those like it", async () => {
  const engine = await engineWith();
  await engine.add([0, 1, 2].map((colour) => ({ id: `${colour}`, text: "same", media: [picture(colour)] })));
  const { hits, producer, space } = await engine.search({ medium: pictureFile(1) }, { k: 2 });
  expect(hits[0]).toMatchObject({ id: "1", evidence: { cosine: 1 } });
  expect(hits[0]!.score).toBeGreaterThan(0.9);
  expect([producer, space]).toEqual(["fake-pictures", PICTURES.space.id]);
  const unknown = engine.search({ medium: Uint8Array.of(1, 2, 3) });
  await expect(unknown).rejects.toMatchObject({ code: "unsupported", expected: "a picture" });
  await expect(engine.search({ medium: damagedPicture })).rejects.toMatchObject({ code: "bad-media" });
  await expect(engine.search({ medium: pictureFile(1), text: "owl" })).rejects.toMatchObject({ code: "bad-input" });
  await expect(engine.search({ medium: "owl" as never })).rejects.toMatchObject({ code: "bad-input" });
  await expect(engine.search({ medium: pictureFile(1) }, { ranking: "words" })).rejects.toMatchObject({
    code: "bad-input",
  });
});

test("an entry finds others like it, by its text and by its pictures", async () => {
  const engine = await engineWith();
  await engine.add([
    { id: "a", text: "An owl at night", media: [picture(1)] },
    { id: "b", text: "An owl at dusk" },
    { id: "c", media: [picture(1)] },
    { id: "d", text: "Tax returns", media: [picture(4)] },
  ]);
  const like = async (id: string) => (await engine.search({ like: id })).hits.map(({ id }) => id);
  expect((await like("a")).slice(0, 2).sort()).toEqual(["b", "c"]);
  expect((await like("c"))[0]).toBe("a");
});

test("a query with nothing visible finds no picture", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "photo", media: [picture(1)] }]);
  for (const query of ["", "   ", "\u200b"]) expect((await engine.search(query)).hits).toEqual([]);
});

test("an entry like one that is near is no less probable than by its picture", async () => {
  const engine = await engineWith();
  await engine.add([1, 1, 2].map((colour, at) => ({ id: `${at}`, media: [picture(colour)] })));
  const { hits, weak } = await engine.search({ like: "0" });
  expect([hits[0]?.id, weak]).toEqual(["1", undefined]);
  const byFile = await engine.search({ medium: pictureFile(1) });
  expect(hits[0]!.score).toBeCloseTo(byFile.hits[0]!.score, 10);
});

test("without its space a photo has nothing like it", async () => {
  const store = createMemoryStore(BAG_SPACE);
  const [own] = [{ space: PICTURES.space.id, producer: "test", parts: [{ modality: "picture", medium: 0 } as const] }];
  const vectors = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  const medium = { digest: "a".repeat(64), type: "image/png", size: 1 };
  const texts = { passages: [], unread: [{ start: 0, end: 0 }], vectors: new Float32Array(), producer: "none" };
  const photo = { id: "photo", text: "", fields: {}, ...texts, media: [medium], further: [{ ...own!, vectors }] };
  const filled = await openCollection({ store, index: exactIndex, further: [PICTURES] });
  await filled.upsert([{ ...photo, provisional: false }]);
  const [stored] = await store.getMany(["photo"]);
  const bare = createMemoryStore(BAG_SPACE);
  await bare.write({ put: [stored!] });
  const collection = await openCollection({ store: bare, index: exactIndex });
  const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "test" });
  expect((await engine.search({ like: "photo" })).hits).toEqual([]);
});

test("an update names no media, which an add replaces", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "a", text: "An owl", media: [picture(2)] }]);
  const patch = { text: "A gull", media: [picture(3)] };
  await expect(engine.update("a", patch)).rejects.toMatchObject({ code: "bad-input" });
  expect((await engine.search("owl")).hits[0]?.entry.text).toBe("An owl");
});

test("files of a write that fails are not kept", async () => {
  const store = createMemoryStore(BAG_SPACE);
  const media = createMemoryBytes({ maxBytes: 1 << 20 });
  const collection = await openCollection({ store, index: exactIndex, further: [PICTURES], media });
  const engine = createEngine({
    ...{ collection, embedder: createBagEmbedder(), backend: "js", why: "test", media: fakePictures() },
  });
  await engine.add([{ id: "a", media: [picture(1)] }]);
  const kept = (await engine.entriesOf(["a"]))[0]!.media![0]!.digest;
  const write = store.write.bind(store);
  const digests: string[] = [];
  store.write = async ({ put = [] }) => {
    digests.push(...put.flatMap((entry) => entry.media ?? []).map(({ digest }) => digest));
    throw new TypeError("disk full");
  };
  await expect(engine.add([{ id: "b", media: [picture(1), picture(2)] }])).rejects.toThrow("disk full");
  store.write = write;
  expect(digests).toHaveLength(2);
  expect((await media.getMany(digests)).map((bytes) => bytes !== undefined)).toEqual(
    digests.map((one) => one === kept),
  );
});

test.each([
  ["NaN", () => new Float32Array(8).fill(Number.NaN)],
  ["zeros", () => new Float32Array(8)],
  ["too few values", () => Float32Array.of(1)],
  ["nothing", () => undefined as never],
])("an embedder that returns %s fails an add, and leaves a text without pictures", async (_, vector) => {
  const readers = fakePictures();
  let isBroken = false;
  const [known] = readers.embedders;
  const embed: Embedder["embed"] = async (...call) => (isBroken ? vector() : known!.embed(...call));
  const engine = await engineWith({ ...readers, embedders: [{ ...known!, embed }] });
  await engine.add([{ id: "a", media: [picture(2)] }]);
  isBroken = true;
  await expect(engine.add([{ id: "b", media: [picture(2)] }])).rejects.toMatchObject({ code: "numbers-not-proven" });
  expect(await engine.search("colour 2")).toMatchObject({ hits: [], partial: true });
});

test("a medium is asked for by a whole number", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "a", media: [picture(2)] }]);
  await expect(engine.mediumOf("a", "length" as never)).rejects.toMatchObject({ code: "bad-input" });
  await expect(engine.mediumOf("a", 0.5)).rejects.toMatchObject({ code: "bad-input" });
  expect(await engine.mediumOf("a", -1)).toBeUndefined();
});

test("media that cannot be read are left out and reported, and the rest goes on", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "gone", text: "was here before" }]);
  const summary = await engine.add([
    { id: "half", media: [{ bytes: damagedPicture }, picture(2)] },
    { id: "gone", media: [{ bytes: damagedPicture }] },
    { id: "text", text: "An owl", media: [{ bytes: Uint8Array.of(7), type: "audio/wav" }] },
  ]);
  expect(summary).toMatchObject({ added: 2, skipped: ["gone"] });
  expect(summary.unreadable).toEqual([
    { id: "half", medium: 0, code: "bad-media", message: expect.stringContaining("damaged") },
    { id: "gone", medium: 0, code: "bad-media", message: expect.any(String) },
    { id: "text", medium: 0, code: "unsupported", message: expect.stringContaining("audio/wav") },
  ]);
  expect((await engine.search("colour 2")).hits[0]).toMatchObject({ id: "half", part: { medium: 0 } });
  expect((await engine.ids()).sort()).toEqual(["half", "text"]);
});

test("bytes of a medium are given back as long as its entry is there", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "a", text: "An owl", media: [picture(2, { name: "owl.png" })] }]);
  expect(await engine.mediumOf("a", 0)).toMatchObject({ name: "owl.png", size: 2, bytes: pictureFile(2) });
  await engine.update("a", { text: "A gull" });
  expect((await engine.search("colour 2")).hits[0]).toMatchObject({ id: "a", entry: { text: "A gull" } });
  expect(await engine.mediumOf("a", 0)).toMatchObject({ bytes: pictureFile(2) });
  expect(await engine.mediumOf("a", 1)).toBeUndefined();
  expect(await engine.mediumOf("b", 0)).toBeUndefined();
  await engine.remove(["a"]);
  expect(await engine.mediumOf("a", 0)).toBeUndefined();
});

test("bytes that a caller changes after an add are stored as they were", async () => {
  const engine = await engineWith();
  const bytes = pictureFile(2);
  const adding = engine.add([{ id: "a", media: [{ bytes }] }]);
  await adding;
  bytes[1] = 4;
  expect(await engine.mediumOf("a", 0)).toMatchObject({ bytes: pictureFile(2) });
});

test("entries that are to be embedded later have their pictures at once", async () => {
  const engine = await engineWith();
  await engine.add([{ id: "a", text: "An owl", media: [picture(2)] }], { meaning: "later" });
  expect(await engine.stats()).toMatchObject({ wordsOnly: 1 });
  expect((await engine.search("colour 2")).hits[0]).toMatchObject({ id: "a", part: { modality: "picture" } });
  await engine.complete();
  expect(await engine.stats()).toMatchObject({ wordsOnly: 0 });
  expect((await engine.search("colour 2")).hits[0]).toMatchObject({ id: "a", part: { modality: "picture" } });
  expect((await engine.search("owl")).hits[0]?.evidence.cosine).toBeGreaterThan(0);
});

test("an engine without readers of media refuses them, and keeps what was stored before", async () => {
  const engine = await engineWith({ preparers: [], embedders: [] });
  const entries = [
    ...Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, text: "x" })),
    { id: "p", media: [picture(1)] },
  ];
  const failure = await engine.add(entries).catch((error) => error);
  expect(failure).toMatchObject({ code: "unsupported", expected: expect.stringContaining("reads no media") });
  expect((await engine.stats()).entries).toBe(failure.stored);
  await expect(engine.search({ medium: pictureFile(1) })).rejects.toMatchObject({ code: "unsupported" });
});

test("a failing model fails the add, not a medium", async () => {
  const engine = await engineWith(
    fakePictures((pieces) => {
      if (pieces.some(({ modality }) => modality === "picture")) throw new TypeError("no memory");
    }),
  );
  const add = engine.add([{ id: "a", media: [picture(1), picture(2)] }]);
  await expect(add).rejects.toThrow("no memory");
  expect((await engine.stats()).entries).toBe(0);
});

test("a text is answered without pictures if their model fails, and the answer says so", async () => {
  let isFailing = false;
  const engine = await engineWith(
    fakePictures(() => {
      if (isFailing) throw new TypeError("lost");
    }),
  );
  await engine.add([
    { id: "photo", media: [picture(3)] },
    { id: "note", text: "about colour 3" },
  ]);
  isFailing = true;
  expect(await engine.search("colour 3")).toMatchObject({ hits: [{ id: "note" }], partial: true });
  await expect(engine.search({ medium: pictureFile(3) })).rejects.toThrow("lost");
  isFailing = false;
  const { hits, partial } = await engine.search("colour 3");
  expect([hits.map(({ id }) => id).sort(), partial]).toEqual([["note", "photo"], undefined]);
});

test("a collection without pictures asks no model of pictures", async () => {
  let asked = 0;
  const count = (pieces: readonly unknown[]) => {
    asked += pieces.length;
  };
  const engine = await engineWith(fakePictures(count));
  await engine.add([{ id: "note", text: "about colour 3" }]);
  expect((await engine.search("colour 3")).partial).toBeUndefined();
  expect(asked).toBe(0);
  await engine.add([{ id: "photo", media: [picture(3)] }]);
  await engine.search("colour 3");
  expect(asked).toBe(2);
  await engine.remove(["photo"]);
  await engine.search("colour 3");
  expect(asked).toBe(2);
});

test("a question begins to load the model of pictures, and is answered before it is there", async () => {
  const readers = fakePictures();
  let isLoaded = true;
  const known = readers.embedders[0]!;
  const embedder: Embedder = {
    ...known,
    get isLoaded() {
      return isLoaded;
    },
    async embed(...call) {
      const vectors = await known.embed(...call);
      isLoaded = true;
      return vectors;
    },
  };
  const engine = await engineWith({ ...readers, embedders: [embedder] });
  await engine.add([{ id: "photo", media: [picture(3)] }]);
  isLoaded = false;
  expect(await engine.search("colour 3")).toMatchObject({ hits: [], partial: true });
  await expect.poll(() => isLoaded).toBe(true);
  expect(await engine.search("colour 3")).toMatchObject({ hits: [{ id: "photo" }] });
});

test("an aborted add begins no further picture", async () => {
  const controller = new AbortController();
  let embedded = 0;
  const engine = await engineWith(
    fakePictures((pieces) => {
      embedded += pieces.length;
      controller.abort();
    }),
  );
  const entries = Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, media: [picture(i % 8)] }));
  await expect(engine.add(entries, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
  expect(embedded).toBeLessThan(8);
});

test.each([
  ["no list", { bytes: pictureFile(1) }],
  ["a medium that is no object", [7]],
  ["a medium without bytes", [{}]],
  ["an empty file", [{ bytes: new Uint8Array() }]],
  ["bytes as a list", [{ bytes: [1, 2] }]],
  ["a misspelt name", [{ bytes: pictureFile(1), nmae: "a" }]],
  ["no media type", [{ bytes: pictureFile(1), type: "picture" }]],
  ["a name that is no text", [{ bytes: pictureFile(1), name: 7 }]],
  ["a name beyond the limit", [{ bytes: pictureFile(1), name: "x".repeat(LIMITS.mediumNameCharacters + 1) }]],
  ["too many media", Array.from({ length: LIMITS.mediaPerEntry + 1 }, () => picture(1))],
])("%s is refused before anything is stored", async (_, media) => {
  const engine = await engineWith();
  await expect(engine.add([{ id: "a", text: "x", media: media as never }])).rejects.toMatchObject({
    code: "bad-input",
  });
  expect((await engine.stats()).entries).toBe(0);
});

test("an entry needs a text or a medium", async () => {
  const engine = await engineWith();
  await expect(engine.add([{ id: "a" }])).rejects.toMatchObject({ code: "bad-input" });
  await expect(engine.add([{ id: "a", media: [] }])).rejects.toMatchObject({ code: "bad-input" });
  expect(await engine.add([{ id: "a", text: "x", media: [] }])).toEqual({ added: 1, skipped: [] });
});
