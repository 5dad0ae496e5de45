import type { EmbeddedEntry, ReadableCollection, RefinableCollection } from "@pipit/core";
import { afterEach, describe, expect } from "vitest";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { claims, type Skips } from "./contract.ts";
import { furtherSpacesContract } from "./further-spaces.ts";
import { tokenSearchContract } from "./token-search.ts";

/** A database and the collections over it. `open` may be called several times, as tabs and restarts do. */
export interface CollectionHome {
  open(): Promise<RefinableCollection>;
  destroy?(): Promise<void>;
}

/** The contract of every collection that can be searched. `filled` returns one with these entries; the caller closes it. */
export function readableCollectionContract(
  name: string,
  filled: (...entries: readonly EmbeddedEntry[]) => Promise<ReadableCollection>,
  skips: Skips = {},
): void {
  const { claim, end } = claims(skips);
  describe(`readable collection: ${name}`, () => {
    claim("an empty one finds nothing", async () => {
      const collection = await filled();
      expect((await collection.search(unit(0), { k: 3 })).hits).toEqual([]);
      expect(await collection.stats()).toMatchObject({ entries: 0, passages: 0, provisional: 0 });
    });

    claim("finds entries by their best passage, nearest first, with the cosine as evidence", async () => {
      const both = entry("both", [3, 1]);
      const collection = await filled(entry("one", [1]), both, entry("far", [5]));
      const { hits } = await collection.search(between(1, 3), { k: 2 });
      expect(hits.map(({ id }) => id).sort()).toEqual(["both", "one"]);
      for (const { evidence } of hits) expect(evidence.cosine).toBeCloseTo(Math.SQRT1_2, 5);
      const [best] = (await collection.search(unit(3), { k: 1 })).hits;
      expect(best).toMatchObject({ id: "both", evidence: { cosine: expect.closeTo(1, 5) }, part: both.passages[0] });
      expect(await collection.stats()).toMatchObject({ entries: 3, passages: 4 });
    });

    claim("scales a query to length 1, and refuses one without a length", async () => {
      const collection = await filled(entry("a", [2]));
      const [hit] = (
        await collection.search(
          unit(2).map((x) => 7 * x),
          { k: 1 },
        )
      ).hits;
      expect(hit?.evidence.cosine).toBeCloseTo(1, 5);
      const zero = new Float32Array(BAG_SPACE.dimensions);
      await expect(collection.search(zero, { k: 1 })).rejects.toMatchObject({ code: "bad-vector" });
    });

    claim("an aborted search rejects", async () => {
      const collection = await filled(entry("a", [0]));
      const search = collection.search(unit(0), { k: 1, signal: AbortSignal.abort() });
      await expect(search).rejects.toMatchObject({ name: "AbortError" });
    });

    claim("finds entries by words, by meaning and by both, with the evidence for each", async () => {
      const collection = await filled(entry("a", [0]), entry("b", [1]), entry("c", [2, 3]));
      const byWords = await collection.search({ text: "word1" }, { k: 9 });
      expect(byWords.hits[0]).toMatchObject({ id: "b", evidence: { coverage: 1 } });
      expect(byWords.hits[0]?.words).toContain("word1");
      expect(byWords.hits[0]?.evidence.cosine).toBeUndefined();
      const { hits } = await collection.search({ text: "word3", vector: unit(0) }, { k: 9 });
      const evidence = new Map(hits.map((hit) => [hit.id, hit.evidence]));
      expect(hits.map(({ id }) => id).sort()).toEqual(["a", "b", "c"]);
      expect(evidence.get("a")?.cosine).toBeCloseTo(1, 5);
      expect(evidence.get("c")).toMatchObject({ cosine: expect.closeTo(0, 5), coverage: 1 });
      expect(evidence.get("a")?.coverage).toBeLessThan(1);
    });

    claim("finds by words and by meaning only what a filter allows", async () => {
      const collection = await filled(...[0, 1, 2].map((at) => entry(`${at}`, [at, 9], { odd: at % 2 === 1 })));
      const odd = { k: 9, filter: { field: "odd", equals: true } } as const;
      for (const query of [{ vector: unit(0) }, { text: "word9" }, { text: "word9", vector: unit(0) }])
        expect(ids(await collection.search(query, odd))).toEqual(["1"]);
    });

    claim("refuses a query of nothing, and a vector of another space", async () => {
      const collection = await filled(entry("a", [0]));
      await expect(collection.search({}, { k: 1 })).rejects.toMatchObject({ code: "bad-input" });
      const foreign = collection.search({ vector: unit(0), space: "0".repeat(32) }, { k: 1 });
      await expect(foreign).rejects.toMatchObject({ code: "space-mismatch" });
    });

    claim("reads entries, and counts them", async () => {
      const collection = await filled(entry("a", [0], { v: 1 }), entry("b", [1, 2]));
      expect(await collection.getMany(["b", "nobody"])).toMatchObject([{ id: "b", text: "word1 word2" }, undefined]);
      expect(await collection.stats()).toMatchObject({ entries: 2, passages: 3, index: { recall: 1 } });
    });

    end();
  });
}

/** The contract of every collection that is written to and is given a scorer of token vectors. `home` is called once per test and returns an empty database. */
export function collectionContract(name: string, home: () => Promise<CollectionHome>, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const { newHome, filled } = homes(home);
  readableCollectionContract(name, filled, skips);

  describe(`collection: ${name}`, () => {
    claim("an entry put again replaces the old one, its fields too; of an id given twice the last counts", async () => {
      const collection = await filled(entry("a", [0], { v: 1 }), entry("b", [1]));
      await collection.upsert([entry("a", [4], { v: 2 }), entry("a", [5], { v: 3 })]);
      expect((await collection.search(unit(5), { k: 1 })).hits[0]).toMatchObject({
        id: "a",
        evidence: { cosine: expect.closeTo(1, 5) },
      });
      for (const old of [0, 4])
        expect((await collection.search(unit(old), { k: 1 })).hits[0]?.evidence.cosine).toBeLessThan(0.5);
      expect((await collection.getMany(["a"]))[0]?.fields).toEqual({ v: 3 });
      expect(await collection.stats()).toMatchObject({ entries: 2, passages: 2 });
    });

    claim("removes entries, tells how many were there, and may do so in the write that puts others", async () => {
      const collection = await filled(entry("a", [0]), entry("b", [1]), entry("c", [2]));
      expect(await collection.remove(["a", "nobody", "a"])).toBe(1);
      await collection.upsert([entry("d", [3])], ["b", "nobody"]);
      expect((await collection.ids()).sort()).toEqual(["c", "d"]);
      expect((await collection.getMany(["a", "c", "b"])).map((found) => found?.id)).toEqual([
        undefined,
        "c",
        undefined,
      ]);
      expect(ids(await collection.search(unit(0), { k: 9 }))).toEqual(["c", "d"]);
    });

    claim("finds only what a filter allows, also after fields have changed", async () => {
      const collection = await filled(...[0, 1, 2].map((at) => entry(`${at}`, [at], { odd: at % 2 === 1 })));
      const odd = { k: 9, filter: { field: "odd", equals: true } } as const;
      expect(ids(await collection.search(unit(0), odd))).toEqual(["1"]);
      expect(await collection.setFields("0", { odd: true })).toBe(true);
      expect(await collection.setFields("nobody", { odd: true })).toBe(false);
      expect(ids(await collection.search(unit(0), odd))).toEqual(["0", "1"]);
      expect(await collection.stats()).toMatchObject({ entries: 3 });
    });

    claim("replaces a stored entry, keeps its fields unless some are given, and makes no new one", async () => {
      const collection = await filled(entry("a", [0], { v: 1 }));
      expect(await collection.replace({ ...entry("a", [1]), fields: undefined })).toBe(true);
      expect((await collection.search(unit(1), { k: 1 })).hits[0]?.evidence.cosine).toBeCloseTo(1, 5);
      expect((await collection.getMany(["a"]))[0]).toMatchObject({ text: entry("a", [1]).text, fields: { v: 1 } });
      expect(await collection.replace(entry("nobody", [2]))).toBe(false);
      expect(await collection.ids()).toEqual(["a"]);
    });

    claim("finds passages without a vector by their words alone", async () => {
      const foreign = {
        ...entry("foreign", []),
        text: "белая сова",
        unread: [{ start: 0, end: 10 }],
      };
      const collection = await filled(foreign, entry("a", [0]));
      expect(ids(await collection.search({ text: "сова" }, { k: 9 }))).toEqual(["foreign"]);
      expect(ids(await collection.search(unit(0), { k: 9 }))).toEqual(["a"]);
      await collection.remove(["foreign"]);
      expect(ids(await collection.search({ text: "сова" }, { k: 9 }))).toEqual([]);
    });

    claim("sees what another holder of the database wrote before", async () => {
      const open = await newHome();
      const [first, second] = [await open(), await open()];
      await first.upsert([entry("a", [0]), entry("b", [1])]);
      expect(ids(await second.search(unit(0), { k: 9 }))).toEqual(["a", "b"]);
      await second.remove(["a"]);
      expect(ids(await first.search(unit(0), { k: 9 }))).toEqual(["b"]);
    });

    claim("opens to the same answers after it was closed", async () => {
      const open = await newHome();
      const first = await open();
      await first.upsert(Array.from({ length: 40 }, (_, at) => entry(`${at}`, [at % 64], { at })));
      await first.remove(["3"]);
      const asked = { k: 5, filter: { field: "at", range: { from: 2, to: 6 } } } as const;
      const before = await first.search(between(4, 5), asked);
      await first.close();
      const again = await open();
      const after = await again.search(between(4, 5), asked);
      expect(after.hits.map(({ id, score }) => [id, score])).toEqual(before.hits.map(({ id, score }) => [id, score]));
      expect(await again.stats()).toMatchObject({ entries: 39, passages: 39 });
    });

    claim("a write that is refused changes nothing", async () => {
      const collection = await filled(entry("a", [0]));
      const wrong = { ...entry("b", [1]), vectors: new Float32Array(BAG_SPACE.dimensions).fill(Number.NaN) };
      await expect(collection.upsert([entry("c", [2]), wrong])).rejects.toMatchObject({ code: "bad-vector" });
      expect(await collection.ids()).toEqual(["a"]);
      expect(ids(await collection.search(unit(2), { k: 9 }))).toEqual(["a"]);
    });

    claim("a closed one refuses calls, and may be closed twice", async () => {
      const collection = await filled(entry("a", [0]));
      await collection.close();
      await collection.close();
      const closed = { code: "closed" };
      await expect(collection.search(unit(0), { k: 1 })).rejects.toMatchObject(closed);
      await expect(collection.upsert([entry("b", [1])])).rejects.toMatchObject(closed);
      await expect(collection.remove(["a"])).rejects.toMatchObject(closed);
    });

    end();
  });

  refinableCollectionContract(name, filled, skips);
  tokenSearchContract(name, { newHome, filled }, skips);
  furtherSpacesContract(name, { newHome, filled }, skips);
}

/** The contract of every collection whose entries may be embedded again. */
function refinableCollectionContract(
  name: string,
  filled: (...entries: readonly EmbeddedEntry[]) => Promise<RefinableCollection>,
  skips: Skips = {},
): void {
  const { claim, end } = claims(skips);
  describe(`refinable collection: ${name}`, () => {
    claim("embeds provisional entries again, but none whose text has changed or that is gone", async () => {
      const rough = (id: string, at: number) => ({ ...entry(id, [at]), provisional: true });
      const collection = await filled(rough("a", 0), rough("b", 1), rough("c", 2), entry("d", [3]));
      expect(await collection.provisionalIds(2)).toHaveLength(2);
      expect((await collection.provisionalIds(9)).sort()).toEqual(["a", "b", "c"]);
      await collection.remove(["b"]);
      await collection.upsert([{ ...entry("c", [7]), provisional: true }]);
      const better = (id: string, at: number) => ({ ...entry(id, [at]), vectors: unit(at + 10), producer: "better" });
      await collection.reembed([better("a", 0), better("b", 1), better("c", 2)]);
      expect(await collection.provisionalIds(9)).toEqual(["c"]);
      expect((await collection.search(unit(10), { k: 1 })).hits[0]).toMatchObject({
        id: "a",
        evidence: { cosine: expect.closeTo(1, 5) },
      });
      expect((await collection.search(unit(12), { k: 1 })).hits[0]?.evidence.cosine).toBeLessThan(0.5);
      expect((await collection.ids()).sort()).toEqual(["a", "c", "d"]);
    });

    end();
  });
}

/** Homes and collections of one test, which are closed after it. */
function homes(home: () => Promise<CollectionHome>) {
  const opened: RefinableCollection[] = [];
  const made: CollectionHome[] = [];

  async function newHome() {
    const next = await home();
    made.push(next);
    return async () => {
      const collection = await next.open();
      opened.push(collection);
      return collection;
    };
  }
  const filled = async (...entries: readonly EmbeddedEntry[]) => {
    const collection = await (await newHome())();
    await collection.upsert(entries);
    return collection;
  };

  afterEach(async () => {
    for (const collection of opened.splice(0)) await collection.close();
    for (const next of made.splice(0)) await next.destroy?.();
  });
  return { newHome, filled };
}

/** The unit vector along one dimension. */
function unit(at: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(BAG_SPACE.dimensions);
  vector[at] = 1;
  return vector;
}

/** A vector equally near to both dimensions. */
function between(a: number, b: number): Float32Array {
  const vector = unit(a);
  vector[b] = 1;
  return vector;
}

/** An entry with one passage per dimension. */
function entry(id: string, dimensions: readonly number[], fields: EmbeddedEntry["fields"] = {}): EmbeddedEntry {
  const words = dimensions.map((at) => `word${at}`);
  const text = words.join(" ");
  let start = 0;
  const passages = words.map((word) => {
    const passage = { start, end: start + word.length };
    start = passage.end + 1;
    return passage;
  });
  const vectors = new Float32Array(dimensions.length * BAG_SPACE.dimensions);
  for (const [row, at] of dimensions.entries()) vectors[row * BAG_SPACE.dimensions + at] = 1;
  return { id, text, fields, passages, vectors, producer: "bag", provisional: false };
}

function ids({ hits }: { readonly hits: readonly { readonly id: string }[] }): string[] {
  return hits.map(({ id }) => id).sort();
}
