import type { FoundMedium, SearchEngine } from "@pipit/core";
import { describe, expect } from "vitest";
import { damagedPicture, pictureFile } from "../fixtures/fake-pictures.ts";
import { PICTURES } from "../fixtures/further-space.ts";
import { claims, type Skips } from "./contract.ts";

export interface MediaEngine extends SearchEngine {
  mediumOf(id: string, at: number): Promise<FoundMedium | undefined>;
}

/** The contract of every engine that reads media. `home` returns what opens one collection, several times, by `fakePictures`; the caller closes it. */
export function mediaEngineContract(name: string, home: () => () => Promise<MediaEngine>, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const picture = (colour: number, named = {}) => ({ bytes: pictureFile(colour), ...named });

  describe(`engine that reads media: ${name}`, () => {
    claim("a text finds texts and pictures, and the hit says which", async () => {
      const engine = await home()();
      const summary = await engine.add([
        { id: "photo", media: [picture(1), picture(3, { name: "three.png" })], fields: { title: "Harbour" } },
        { id: "note", text: "A note about colour 3 and more" },
      ]);
      expect(summary).toEqual({ added: 2, skipped: [] });
      const { hits } = await engine.search("colour 3");
      expect(hits.find(({ id }) => id === "photo")).toMatchObject({
        part: { modality: "picture", medium: 1 },
        evidence: { cosine: 1, space: PICTURES.space.id },
        entry: { text: "", media: [{ type: "image/fake", size: 2 }, { name: "three.png" }] },
      });
      expect(hits.find(({ id }) => id === "note")).toMatchObject({ part: { modality: "text" } });
      expect((await engine.search("harbour")).hits[0]).toMatchObject({ id: "photo", match: "words" });
    });

    claim("a picture, and an entry with one, find those like it", async () => {
      const engine = await home()();
      await engine.add([0, 1, 1].map((colour, at) => ({ id: `${at}`, media: [picture(colour)] })));
      const byFile = await engine.search({ medium: pictureFile(0) });
      expect(byFile).toMatchObject({ hits: [{ id: "0" }, {}, {}], producer: "fake-pictures" });
      expect((await engine.search({ like: "1" })).hits[0]?.id).toBe("2");
      const damaged = engine.search({ medium: damagedPicture });
      await expect(damaged).rejects.toMatchObject({ code: "bad-media" });
    });

    claim("media that cannot be read are reported, and the rest is stored", async () => {
      const engine = await home()();
      const summary = await engine.add([
        { id: "half", media: [{ bytes: damagedPicture }, picture(2)] },
        { id: "none", media: [{ bytes: Uint8Array.of(7) }] },
      ]);
      expect(summary).toMatchObject({ added: 1, skipped: ["none"] });
      expect(summary.unreadable).toMatchObject([
        { id: "half", medium: 0, code: "bad-media" },
        { id: "none", medium: 0, code: "unsupported" },
      ]);
      expect((await engine.search("colour 2")).hits).toMatchObject([{ id: "half", part: { medium: 0 } }]);
    });

    claim(
      "a file is given back with its bytes, also by a collection that was opened again, until its entry is gone",
      async () => {
        const open = home();
        const first = await open();
        await first.add([{ id: "a", text: "An owl", media: [picture(2, { name: "owl.png" })] }]);
        await first.close();
        const second = await open();
        expect(await second.mediumOf("a", 0)).toMatchObject({ name: "owl.png", size: 2, bytes: pictureFile(2) });
        expect((await second.search("colour 2")).hits).toMatchObject([{ id: "a", part: { modality: "picture" } }]);
        expect(await second.mediumOf("a", 1)).toBeUndefined();
        await second.remove(["a"]);
        expect(await second.mediumOf("a", 0)).toBeUndefined();
      },
    );

    end();
  });
}
