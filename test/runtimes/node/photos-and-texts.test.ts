import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  createEngine,
  type Entry,
  type LocalEngine,
  MINILM_SPACE,
  measuresOf,
  openCollection,
  type SearchEngine,
  type SearchOptions,
} from "@pipit/core";
import { openFileBytes, openSqlite, openSqlStore } from "@pipit/edge/node";
import { createPicturePreparer } from "@pipit/media";
import { openPictureDecoder } from "@pipit/media/node";
import { createStarterEmbedder } from "@pipit/starter";
import { loadIndex } from "@pipit/wasm/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { guideEntries } from "../../fixtures/guide-entries.ts";
import { guideQuestions } from "../../fixtures/guide-questions.ts";
import { shippedFile } from "../../fixtures/shipped-starter.ts";
import { captionedPhotos, standIn } from "../../fixtures/stand-in.ts";
import { STAND_IN_SPACE } from "../../fixtures/stand-in-model.ts";

const photos = captionedPhotos();
const pictures = await standIn();

/** Without the weights there is nothing that relates words to photos. */
describe.skipIf(!photos || !pictures)("photos and texts in one collection", () => {
  let folder: string;
  let engine: LocalEngine;
  let database: Awaited<ReturnType<typeof openSqlite>>;
  const idOf = (path: string) => basename(path);

  async function open() {
    database = await openSqlite(join(folder, "pipit.sqlite"));
    const embedder = createStarterEmbedder(shippedFile(), MINILM_SPACE);
    const collection = await openCollection({
      store: await openSqlStore(database, "all", embedder.space),
      index: await loadIndex(),
      snapshots: await openFileBytes(join(folder, "snapshots")),
      media: await openFileBytes(join(folder, "media")),
      meanings: embedder.meanings,
      further: [STAND_IN_SPACE],
    });
    const media = { preparers: [createPicturePreparer(openPictureDecoder())], embedders: [pictures!] };
    engine = createEngine({ collection, embedder, backend: "js", why: "test", media });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pipit-photos-"));
    await open();
    await engine.add(guideEntries);
    const files = photos!.map(async ({ path }): Promise<Entry> => {
      return { id: idOf(path), media: [{ bytes: await readFile(path), name: idOf(path) }], fields: { kind: "photo" } };
    });
    const summary = await engine.add(await Promise.all(files));
    expect(summary).toEqual({ added: 108, skipped: [] });
  });

  afterAll(async () => {
    await engine?.close();
    await database?.close();
    await pictures!.close();
    await rm(folder, { recursive: true });
  });

  test("captions find their photos among birds, and questions about birds find birds among photos", async () => {
    const captions = photos!.flatMap(({ path, captions }) => captions.map((text) => ({ text, right: [idOf(path)] })));
    const questions = guideQuestions.filter(({ birds }) => birds.length > 0);
    const photosAlone = await measured(engine, captions, { filter: { field: "kind", equals: "photo" } });
    const byCaption = await measured(engine, captions);
    const byQuestion = await measured(
      engine,
      questions.map(({ question, birds }) => ({ text: question, right: birds })),
    );
    console.log(
      `recall@10 of ${captions.length} captions: ${photosAlone.found} among photos, ${byCaption.found} among all; ` +
        `questions about birds: nDCG@10 ${byQuestion.ndcg10.toFixed(3)}, first five ${byQuestion.firstFive.toFixed(3)}`,
    );
    expect(photosAlone.found).toBeGreaterThan(0.8);
    // A photo behind better ones is no more probable than a passage.
    expect(byCaption.found).toBeGreaterThan(0.55);
    expect(byQuestion.ndcg10).toBeGreaterThan(0.86);
    expect(byQuestion.firstFive).toBeGreaterThan(0.94);
  });

  test("a photo finds itself first, then others like it", async () => {
    const { path } = photos![7]!;
    const { hits } = await engine.search({ medium: await readFile(path) }, { k: 5 });
    expect(hits[0]).toMatchObject({ id: idOf(path), evidence: { cosine: expect.closeTo(1, 5) } });
    expect(hits).toHaveLength(5);
    expect(hits.every(({ part }) => part.modality === "picture")).toBe(true);
    const others = await engine.search({ like: idOf(path) }, { k: 4 });
    expect(others.hits.map(({ id }) => id)).toEqual(hits.slice(1).map(({ id }) => id));
  });

  test("they are there after the collection was closed, and gone once removed", async () => {
    const { path, captions } = photos![7]!;
    const of = async () => (await engine.search(captions[0]!)).hits.map(({ id, score }) => [id, score]);
    const before = await of();
    await engine.close();
    await database.close();
    await open();
    expect(await of()).toEqual(before);
    expect((await engine.stats()).entries).toBe(guideEntries.length + 108);
    expect(await engine.mediumOf(idOf(path), 0)).toMatchObject({
      type: "image/jpeg",
      name: idOf(path),
      bytes: new Uint8Array(await readFile(path)),
    });
    const files = await readdir(join(folder, "media"));
    await engine.remove([idOf(path)]);
    expect((await of()).map(([id]) => id)).not.toContain(idOf(path));
    expect(await readdir(join(folder, "media"))).toHaveLength(files.length - 1);
  });
});

interface Asked {
  readonly text: string;
  readonly right: readonly string[];
}

/** Measures, and the share of texts with a right entry among the first ten. */
async function measured(engine: SearchEngine, asked: readonly Asked[], options: SearchOptions = {}) {
  const answers = [];
  let found = 0;
  for (const { text, right } of asked) {
    const ranked = (await engine.search(text, { k: 100, ...options })).hits.map(({ id }) => id);
    found += Number(ranked.slice(0, 10).some((id) => right.includes(id)));
    answers.push({ ranked, gains: new Map(right.map((id) => [id, 1])) });
  }
  return { ...measuresOf(answers), found: Number((found / asked.length).toFixed(3)) };
}
