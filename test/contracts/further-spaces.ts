import type { CollectionQuery, EmbeddedEntry, RefinableCollection } from "@pipit/core";
import { describe, expect } from "vitest";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { PICTURES } from "../fixtures/further-space.ts";
import { claims, type Skips } from "./contract.ts";

const { space } = PICTURES;

/** Homes of collections with the space of `PICTURES`, which keep the bytes of media; see `collectionContract`. */
export interface FurtherHomes {
  newHome(): Promise<() => Promise<RefinableCollection>>;
  filled(...entries: readonly EmbeddedEntry[]): Promise<RefinableCollection>;
}

/** The contract of every collection that keeps vectors of a further space. */
export function furtherSpacesContract(name: string, { newHome, filled }: FurtherHomes, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  describe(`further spaces: ${name}`, () => {
    claim("a text is found by its words and its pictures, whichever answers better", async () => {
      const collection = await filled(entry("a", { pictures: [1, 2] }), entry("b", { pictures: [3] }), entry("c"));
      const { hits } = await collection.search({ text: "word", ...asked(2) }, { k: 9 });
      expect(hits.map(({ id }) => id)).toEqual(["a", expect.any(String), expect.any(String)]);
      expect(hits[0]).toMatchObject({
        part: { locus: { modality: "picture", medium: 1 }, space: space.id, digest: digestOf(2) },
        evidence: { cosine: expect.closeTo(1, 5), space: space.id },
        score: expect.closeTo(1 / (1 + Math.exp(-4)), 5),
      });
      expect(hits.slice(1).every(({ part }) => !("locus" in part))).toBe(true);
    });

    claim("a vector of the space alone finds pictures", async () => {
      const collection = await filled(entry("a", { pictures: [1] }), entry("b", { pictures: [2] }), entry("c"));
      const { hits } = await collection.search(asked(2), { k: 9 });
      expect(hits.map(({ id }) => id)).toEqual(["b", "a"]);
      const wrong = { further: [{ space: "f".repeat(32), vector: unit(2) }] };
      await expect(collection.search(wrong, { k: 1 })).rejects.toMatchObject({ code: "space-mismatch" });
      const short = { further: [{ space: space.id, vector: unit(2).slice(1) }] };
      await expect(collection.search(short, { k: 1 })).rejects.toMatchObject({ code: "bad-vector" });
    });

    claim("phrases, exclusions and filters leave out pictures of entries that they leave out", async () => {
      const collection = await filled(
        entry("owl", { text: "a barn owl", pictures: [2], fields: { sizeCm: 35 } }),
        entry("gull", { text: "a grey gull", pictures: [2], fields: { sizeCm: 50 } }),
      );
      const found = async (text: string, filter?: { field: string; equals: number }) =>
        (await collection.search({ text, ...asked(2) }, { k: 9, filter })).hits.map(({ id }) => id).sort();
      expect(await found("bird")).toEqual(["gull", "owl"]);
      expect(await found("bird -owl")).toEqual(["gull"]);
      expect(await found('bird "barn owl"')).toEqual(["owl"]);
      expect(await found("bird", { field: "sizeCm", equals: 50 })).toEqual(["gull"]);
    });

    claim("pictures behind more than a hundred that a query leaves out are found", async () => {
      const left = Array.from({ length: 150 }, (_, at) => entry(`left${at}`, { text: "a kestrel", pictures: [2] }));
      const collection = await filled(...left, entry("found", { text: "a heron", pictures: [2] }));
      const found = async (text: string) =>
        (await collection.search({ text, ...asked(2) }, { k: 3 })).hits.map(({ id, part }) => [id, "locus" in part]);
      expect(await found("bird -kestrel")).toEqual([["found", true]]);
      expect(await found('bird "heron"')).toEqual([["found", true]]);
    });

    claim("what may not be a hit does not count as a better one", async () => {
      const near = Float32Array.of(0, 0, 0.8, 0.6, 0, 0, 0, 0);
      const [own] = entry("near", { text: "a heron", pictures: [2] }).further!;
      const right = { ...entry("near", { text: "a heron", pictures: [2] }), further: [{ ...own!, vectors: near }] };
      const alone = await filled(right);
      const { hits } = await alone.search({ text: "bird -kestrel", ...asked(2) }, { k: 3 });
      const both = await filled(right, entry("best", { text: "a kestrel", pictures: [2] }));
      expect((await both.search({ text: "bird -kestrel", ...asked(2) }, { k: 3 })).hits).toMatchObject([
        { id: "near", score: hits[0]!.score },
      ]);
      expect((await both.search(asked(2), { k: 3, without: "best" })).hits).toMatchObject([
        { id: "near", score: hits[0]!.score },
      ]);
    });

    claim("an entry of a picture alone is found by it, and by the words of its title", async () => {
      const photo = entry("photo", { text: "", pictures: [4], fields: { title: "Harbour at dusk" } });
      const collection = await filled(photo, entry("b"));
      expect((await collection.search(asked(4), { k: 1 })).hits[0]?.id).toBe("photo");
      const [hit] = (await collection.search({ text: "harbour" }, { k: 1 })).hits;
      expect(hit).toMatchObject({ id: "photo", part: { start: 0, end: 0 } });
    });

    claim(
      "vectors of a space that the collection does not keep are refused, and those without their part",
      async () => {
        const collection = await filled(entry("a"));
        const [own] = entry("b", { pictures: [1] }).further!;
        const put = (changed: object) =>
          collection.upsert([{ ...entry("b", { pictures: [1] }), further: [{ ...own!, ...changed }] }]);
        await expect(put({ space: "f".repeat(32) })).rejects.toMatchObject({ code: "space-mismatch" });
        await expect(put({ parts: [] })).rejects.toMatchObject({ code: "bad-input" });
        await expect(put({ parts: [{ modality: "picture", medium: 1 }] })).rejects.toMatchObject({ code: "bad-input" });
        await expect(put({ vectors: new Float32Array(8) })).rejects.toMatchObject({ code: "bad-vector" });
        expect(await collection.ids()).toEqual(["a"]);
      },
    );

    claim("pictures stay with an entry whose text or fields change, and go with it", async () => {
      const collection = await filled({ ...entry("a", { pictures: [1] }), provisional: true }, entry("b"));
      const first = async () => (await collection.search(asked(1), { k: 1 })).hits[0];
      await collection.setFields("a", { changed: true });
      expect(await first()).toMatchObject({ id: "a", evidence: { cosine: expect.closeTo(1, 5) } });
      await collection.reembed([{ ...entry("a"), producer: "better" }]);
      expect(await first()).toMatchObject({ id: "a", evidence: { cosine: expect.closeTo(1, 5) } });
      await collection.replace(entry("a", { text: "another word" }));
      expect(await first()).toMatchObject({ id: "a", evidence: { cosine: expect.closeTo(1, 5) } });
      const [stored] = await collection.getMany(["a"]);
      expect(stored).toMatchObject({ text: "another word", fields: {}, media: [{ digest: digestOf(1) }] });
      await collection.upsert([entry("a")]);
      expect(await first()).toBeUndefined();
    });

    claim("the bytes of a medium are kept as long as an entry names it", async () => {
      const open = await newHome();
      const collection = await open();
      await collection.upsert([entry("a", { pictures: [1, 2] }), entry("b", { pictures: [1] })]);
      const kept = async (of: RefinableCollection) =>
        [...(await Promise.all([1, 2].map((at) => of.mediumOf!(digestOf(at)))))].map((bytes) => bytes && [...bytes]);
      expect(await kept(collection)).toEqual([[1], [2]]);
      await collection.remove(["a"]);
      expect(await kept(collection)).toEqual([[1], undefined]);
      await collection.close();
      const again = await open();
      await again.upsert([entry("c", { pictures: [1] })]);
      await again.upsert([entry("b")]);
      expect(await kept(again)).toEqual([[1], undefined]);
      await again.remove(["c"]);
      expect(await kept(again)).toEqual([undefined, undefined]);
    });

    claim("opens to the same answers after it was closed, and sees what another holder wrote", async () => {
      const open = await newHome();
      const first = await open();
      const entries = Array.from({ length: 24 }, (_, at) => entry(`${at}`, at % 3 ? { pictures: [at % 8] } : {}));
      await first.upsert(entries);
      await first.remove(["4"]);
      // Of equally good ones any may be first.
      const of = async (collection: RefinableCollection) =>
        (await collection.search({ text: "word", ...asked(5) }, { k: 30 })).hits.sort((a, b) => (a.id < b.id ? -1 : 1));
      const before = await of(first);
      const second = await open();
      expect(await of(second)).toEqual(before);
      await first.close();
      await second.close();
      const third = await open();
      expect(await of(third)).toEqual(before);
      expect(before).toHaveLength(23);
      await third.upsert([entry("new", { pictures: [5] })]);
      expect(await of(third)).toHaveLength(24);
    });

    end();
  });
}

interface Given {
  readonly text?: string;
  readonly fields?: EmbeddedEntry["fields"];
  /** The dimension of each picture's vector, which is also its only byte. */
  readonly pictures?: readonly number[];
}

function entry(id: string, { text = `word ${id}`, fields = {}, pictures = [] }: Given = {}): EmbeddedEntry {
  const vectors = new Float32Array(text === "" ? 0 : BAG_SPACE.dimensions);
  if (text !== "") vectors[0] = 1;
  const whole = { start: 0, end: text.length };
  return {
    ...{ id, text, fields, vectors, producer: "bag", provisional: false },
    ...(text === "" ? { passages: [], unread: [whole] } : { passages: [whole] }),
    ...(pictures.length > 0 && { media: pictures.map(medium), further: [vectorsOf(pictures)] }),
  };
}

function medium(at: number) {
  return { digest: digestOf(at), type: "image/png", name: `${at}.png`, size: 1, bytes: Uint8Array.of(at) };
}

function vectorsOf(pictures: readonly number[]) {
  const parts = pictures.map((_, medium) => ({ modality: "picture", medium }) as const);
  return {
    space: space.id,
    producer: "test",
    parts,
    vectors: Float32Array.from(pictures.flatMap((at) => [...unit(at)])),
  };
}

function digestOf(at: number): string {
  return at.toString(16).padStart(64, "0");
}

function asked(at: number): CollectionQuery {
  return { further: [{ space: space.id, vector: unit(at) }] };
}

function unit(at: number): Float32Array {
  const vector = new Float32Array(space.dimensions);
  vector[at] = 1;
  return vector;
}
