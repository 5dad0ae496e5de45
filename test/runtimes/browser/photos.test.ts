import { createReadStream, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../fixtures/assets.ts";
import { captionedPhotos } from "../../fixtures/stand-in.ts";
import { usePages } from "./open-page.ts";

const photos = captionedPhotos();
const hasModel = assetPath("models/stand-in-image-text") && assetPath("models/potion-base-2M");
const folder = dirname(photos?.[0]?.path ?? "");

const pages = usePages({
  routes: {
    "/photos": (request, response, next) => {
      const path = join(folder, basename(request.url ?? ""));
      if (!existsSync(path)) return next();
      response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
      createReadStream(path).pipe(response);
    },
  },
});

/** Without the weights there is nothing that relates words to photos. */
describe.runIf(photos && hasModel)("photos in a tab", () => {
  const some = (photos ?? []).map(({ path, captions }) => ({ id: basename(path), captions }));
  let page: Page;

  beforeAll(async () => {
    page = await pages.open();
    const summary = await page.evaluate(
      async (ids) => {
        const engine = await window.pipit.open({ name: "photos", worker: "./photos-worker.ts" });
        window.kept.engine = engine;
        const bytesOf = async (id: string) => new Uint8Array(await (await fetch(`/photos/${id}`)).arrayBuffer());
        const photos = await Promise.all(
          ids.map(async (id) => ({ id, media: [{ bytes: await bytesOf(id), name: id }], fields: { kind: "photo" } })),
        );
        await engine.add([{ id: "note", text: "Remember to buy oats and a new saddle." }]);
        return engine.add([...photos, { id: "damaged", media: [{ bytes: photos[0]!.media[0]!.bytes.slice(0, 900) }] }]);
      },
      some.map(({ id }) => id),
    );
    expect(summary).toMatchObject({
      added: 108,
      skipped: ["damaged"],
      unreadable: [{ id: "damaged", medium: 0, code: "bad-media" }],
    });
  });

  const search = (query: string | { like: string }, k = 10) =>
    page.evaluate(
      async ([query, k]) => {
        const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
        const { hits, partial } = await engine.search(query, { k });
        return { partial, hits: hits.map(({ id, score, part }) => ({ id, score, modality: part.modality })) };
      },
      [query, k] as const,
    );

  test("are found by words, beside texts", async () => {
    let found = 0;
    for (const { id, captions } of some) {
      const { hits } = await search(captions[0]!);
      found += Number(hits.some((hit) => hit.id === id));
    }
    console.log(
      `recall@10 of a caption each among ${some.length} photos in a tab: ${(found / some.length).toFixed(3)}`,
    );
    expect(found / some.length).toBeGreaterThan(0.75);
    expect((await search("oats")).hits[0]).toMatchObject({ id: "note", modality: "text" });
  });

  test("are given back with their bytes, and find others like them", async () => {
    const { id } = some[3]!;
    const { sizes, name, type } = await page.evaluate(async (id) => {
      const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
      const medium = (await engine.mediumOf(id, 0))!;
      const file = await (await fetch(`/photos/${id}`)).arrayBuffer();
      return { sizes: [medium.bytes.length, file.byteLength], name: medium.name, type: medium.type };
    }, id);
    expect([name, type, sizes[0]]).toEqual([id, "image/jpeg", sizes[1]]);
    const { hits } = await search({ like: id }, 3);
    expect(hits).toHaveLength(3);
    expect(hits.map((hit) => hit.id)).not.toContain(id);
  });

  test("are there after a reload, without reading them again", async () => {
    const { id, captions } = some[5]!;
    const before = await search(captions[0]!);
    const asked = pages.server.asked.length;
    await page.reload();
    await page.waitForFunction(() => window.pipit);
    await page.evaluate(async () => {
      window.kept.engine = await window.pipit.open({ name: "photos", worker: "./photos-worker.ts" });
    });
    // The first question begins to load the model of photos, and is answered without it.
    expect(await search("oats")).toMatchObject({ hits: [{ id: "note" }], partial: true });
    await expect.poll(async () => (await search("oats")).partial, { timeout: 60_000 }).toBeUndefined();
    expect(await search(captions[0]!)).toEqual(before);
    expect(pages.server.asked.slice(asked).filter((path) => path.startsWith("/photos/"))).toEqual([]);
    const left = await page.evaluate(async (id) => {
      const engine = window.kept.engine as Awaited<ReturnType<typeof window.pipit.open>>;
      await engine.remove([id]);
      return [(await engine.ids()).length, await engine.mediumOf(id, 0)];
    }, id);
    expect(left).toEqual([108, undefined]);
    expect((await search(captions[0]!)).hits.map((hit) => hit.id)).not.toContain(id);
  });
});
