import type { EntryStore, Space, StoreChange, StoredEntry } from "@pipit/core";
import { afterEach, describe, expect } from "vitest";
import { BAG_SPACE } from "../fixtures/bag-embedder.ts";
import { claims, type Skips } from "./contract.ts";

/** One database that may be opened by several holders, as tabs and processes do. */
export interface StoreHome {
  open(space: Space): Promise<EntryStore>;
  destroy?(): Promise<void>;
}

/** The contract of every EntryStore. `home` is called once per test and returns an empty database. */
export function entryStoreContract(name: string, home: () => Promise<StoreHome>, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const opened: EntryStore[] = [];
  const homes: StoreHome[] = [];

  async function newHome() {
    const made = await home();
    homes.push(made);
    const open = async (space = BAG_SPACE) => {
      const store = await made.open(space);
      opened.push(store);
      return store;
    };
    return { open };
  }

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    for (const made of homes.splice(0)) await made.destroy?.();
  });

  describe(`entry store: ${name}`, () => {
    claim("an empty store is at sequence 0", async () => {
      const store = await (await newHome()).open();
      expect(await store.state()).toEqual({ sequence: 0, count: 0, nextRow: 0 });
    });

    claim("gives back what was written, vectors to the bit, in the order asked", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0), entry("b", 1)] });
      const [b, missing, a] = await store.getMany(["b", "nobody", "a"]);
      expect(missing).toBeUndefined();
      expect(plain(a)).toEqual(plain(entry("a", 0)));
      expect(plain(b)).toEqual(plain(entry("b", 1)));
    });

    claim("gives texts, fields and passages without vectors, in the order asked", async () => {
      const store = await (await newHome()).open();
      const mixed = { ...entry("mixed", 2), unread: [{ start: 0, end: 4 }] };
      await store.write({ put: [entry("a", 0), mixed, entry("gone", 3)] });
      await store.write({ remove: ["gone"] });
      const read = await store.readTexts(["mixed", "nobody", "a", "gone"]);
      const expected = [mixed, undefined, entry("a", 0), undefined].map(
        (each) => each && { id: each.id, text: each.text, fields: each.fields, passages: each.passages },
      );
      expect(read.map((each) => each?.unread)).toEqual([mixed.unread, undefined, undefined, undefined]);
      expect(read).toMatchObject(expected);
    });

    claim("gives back media, and vectors in further spaces, to the bit", async () => {
      const { open } = await newHome();
      const store = await open();
      const own = [withMedia("a", 2), { ...withMedia("b", 4), passages: [], vectors: new Float32Array() }];
      const plainMedia = { ...entry("c", 9), media: own[0]!.media };
      // Views of a larger buffer, of which the rest must not be stored.
      const further = own[0]!.further!.map((each) => ({
        ...each,
        vectors: Float32Array.of(0, ...each.vectors).subarray(1),
      }));
      await store.write({ put: [{ ...own[0]!, further }, own[1]!, plainMedia] });
      expect((await store.state()).nextRow).toBe(35);
      expect((await store.getMany(["b", "a", "c"])).map(plain)).toEqual([own[1], own[0], plainMedia].map(plain));
      expect((await store.readTexts(["a", "b", "c"])).map((read) => read?.media)).toEqual([
        own[0]!.media,
        own[1]!.media,
        plainMedia.media,
      ]);
      await store.close();
      const again = await open();
      const put = (await all(again.changes(0))).map((change) => (change.kind === "put" ? plain(change.entry) : change));
      expect(put).toEqual([own[0], own[1], plainMedia].map(plain));
      await again.write({ put: [entry("a", 50)], remove: ["b"] });
      expect((await again.getMany(["a", "b"])).map(plain)).toEqual([plain(entry("a", 50)), undefined]);
    });

    claim("still has it after it was closed and opened again", async () => {
      const { open } = await newHome();
      const first = await open();
      await first.write({ put: [entry("a", 4)] });
      await first.close();
      const second = await open();
      expect(await second.state()).toEqual({ sequence: 1, count: 1, nextRow: 5 });
      expect(plain((await second.getMany(["a"]))[0])).toEqual(plain(entry("a", 4)));
    });

    claim("knows when it was made, also when it is opened again", async () => {
      const { open } = await newHome();
      const first = await open();
      const { createdAt } = first;
      expect(Math.abs(createdAt - Date.now())).toBeLessThan(60_000);
      await first.write({ put: [entry("a", 0)] });
      await first.close();
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await open()).createdAt).toBe(createdAt);
    });

    claim("keeps what the model does not read, beside passages and without any", async () => {
      const store = await (await newHome()).open();
      const mixed = { ...entry("mixed", 0), unread: [{ start: 5, end: 9 }] };
      const foreign = { ...entry("foreign", 0), passages: [], vectors: new Float32Array(), unread: mixed.unread };
      const { nextRow } = await store.write({ put: [mixed, foreign, entry("read", 1)] });
      expect(nextRow).toBe(2);
      expect((await store.getMany(["mixed", "foreign", "read"])).map(plain)).toEqual(
        [mixed, foreign, entry("read", 1)].map(plain),
      );
    });

    claim(
      "keeps token vectors to the bit, beside entries without any, for all holders and for their changes",
      async () => {
        const { open } = await newHome();
        const store = await open();
        const entries = [withTokens("a", 0), entry("b", 2), withTokens("c", 3)];
        await store.write({ put: entries });
        for (const holder of [store, await open()]) {
          expect((await holder.getMany(["a", "b", "c"])).map(plain)).toEqual(entries.map(plain));
          expect((await all(holder.changes(0))).map((change) => change.kind === "put" && plain(change.entry))).toEqual(
            entries.map(plain),
          );
        }
      },
    );

    claim("an entry that is put again has its new token vectors, or none", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [withTokens("a", 0), withTokens("b", 2), withTokens("c", 4)] });
      await store.write({ remove: ["c"] });
      const again = [withTokens("a", 6), entry("b", 8), entry("c", 9)];
      await store.write({ put: again });
      const found = await store.getMany(["a", "b", "c"]);
      expect(found.map(plain)).toEqual(again.map(plain));
      expect(found.map((stored) => stored?.tokens !== undefined)).toEqual([true, false, false]);
    });

    claim("an entry that is put again without vectors has none, and has them when they are put again", async () => {
      const { open } = await newHome();
      const store = await open();
      const worded = { ...entry("a", 0), passages: [], vectors: new Float32Array() };
      for (const next of [withTokens("a", 0), worded, withTokens("a", 4), worded, entry("a", 6)]) {
        await store.write({ put: [next] });
        expect(plain((await store.getMany(["a"]))[0])).toEqual(plain(next));
        const [change] = await all((await open()).changes(0));
        expect(change?.kind === "put" && plain(change.entry)).toEqual(plain(next));
      }
    });

    claim("keeps of token vectors, given as a part of a larger array, that part", async () => {
      const store = await (await newHome()).open();
      const { tokens, ...given } = withTokens("a", 0);
      const larger = new Uint8Array(100).fill(255);
      larger.set(tokens!.bits, 8);
      const bits = larger.subarray(8, 8 + tokens!.bits.length);
      await store.write({ put: [{ ...given, tokens: { ...tokens!, bits } }] });
      expect(plain((await store.getMany(["a"]))[0])).toEqual(plain(withTokens("a", 0)));
    });

    claim("a put of a present id replaces it and counts once", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0)] });
      await store.write({ put: [{ ...entry("a", 1), text: "new" }] });
      expect((await store.state()).count).toBe(1);
      expect((await store.getMany(["a"]))[0]?.text).toBe("new");
    });

    claim("never gives a row number out again, not even after its entry is gone", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 7)] });
      await store.write({ remove: ["a"] });
      expect(await store.state()).toEqual({ sequence: 2, count: 0, nextRow: 8 });
    });

    claim("lists the newest state of each id changed since, removals too, in rising sequence", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0), entry("b", 1)] });
      await store.write({ put: [entry("c", 2)] });
      await store.write({ remove: ["a"] });
      await store.write({ put: [{ ...entry("b", 3), text: "b again" }] });
      expect(shape(await all(store.changes(0)))).toEqual([
        [2, "put", "c"],
        [3, "remove", "a"],
        [4, "put", "b"],
      ]);
      expect(shape(await all(store.changes(3)))).toEqual([[4, "put", "b"]]);
    });

    claim("lists many changes whole and once each", async () => {
      const store = await (await newHome()).open();
      for (let write = 0; write < 3; write++) {
        await store.write({ put: Array.from({ length: 300 }, (_, i) => entry(`${write}-${i}`, write * 300 + i)) });
      }
      const listed = await all(store.changes(1));
      expect(listed).toHaveLength(600);
      expect(new Set(shape(listed).map(([, , id]) => id)).size).toBe(600);
    });

    claim("keeps ids, texts and fields to the character", async () => {
      const store = await (await newHome()).open();
      const fields = JSON.parse('{"__proto__": ["x"], "constructor": 1, "": "a\\u0000b", "cut": "x\\ud83d"}');
      const ids = ["\0", "a\0b", "__proto__", "constructor", "..", "🐦", "e\u0301", "é", "1", "A", "a"];
      await store.write({ put: ids.map((id, row) => ({ ...entry(id, row), text: `${id} \0 🐦`, fields })) });
      const found = await store.getMany(ids);
      expect(found.map((stored) => [stored?.id, stored?.text])).toEqual(ids.map((id) => [id, `${id} \0 🐦`]));
      for (const stored of found) expect(JSON.stringify(stored?.fields)).toBe(JSON.stringify(fields));
      await store.write({ remove: ids.slice(0, 6) });
      expect((await store.state()).count).toBe(5);
      expect((await all(store.changes(1))).map((change) => change.kind === "remove" && change.id).sort()).toEqual(
        ids.slice(0, 6).sort(),
      );
    });

    claim("of an id put twice in one write the last counts", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0), { ...entry("a", 1), text: "last" }] });
      expect((await store.state()).count).toBe(1);
      expect((await store.getMany(["a"]))[0]?.text).toBe("last");
      expect(shape(await all(store.changes(0)))).toEqual([[1, "put", "a"]]);
    });

    claim("puts and removes in one write", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0), entry("b", 1)] });
      await store.write({ put: [entry("c", 2)], remove: ["a", "nobody"] });
      expect(await store.state()).toEqual({ sequence: 2, count: 2, nextRow: 3 });
      expect(shape(await all(store.changes(1))).sort()).toEqual([
        [2, "put", "c"],
        [2, "remove", "a"],
      ]);
    });

    claim("of an id removed and put in one write the put counts", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0)] });
      await store.write({ put: [{ ...entry("a", 1), text: "again" }], remove: ["a"] });
      expect((await store.state()).count).toBe(1);
      expect((await store.getMany(["a"]))[0]?.text).toBe("again");
    });

    claim("removes thousands of long ids in one write", async () => {
      const store = await (await newHome()).open();
      const ids = Array.from({ length: 5000 }, (_, i) => `${i}${"x".repeat(500)}`);
      await store.write({ put: [entry(ids[0]!, 0), entry(ids[4999]!, 1), entry("kept", 2)] });
      expect(await store.write({ remove: ids })).toEqual({ sequence: 2, count: 1, nextRow: 3 });
      expect((await store.getMany([ids[0]!, ids[4999]!, "kept"])).map((stored) => stored?.id)).toEqual([
        undefined,
        undefined,
        "kept",
      ]);
    });

    claim("removing what is not there is no failure", async () => {
      const store = await (await newHome()).open();
      await store.write({ remove: ["nobody"] });
      expect((await store.state()).count).toBe(0);
    });

    claim("an id removed twice is still listed as removed", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0)] });
      await store.write({ remove: ["a"] });
      await store.write({ remove: ["a"] });
      expect(shape(await all(store.changes(1))).map(([, kind, id]) => [kind, id])).toEqual([["remove", "a"]]);
    });

    claim("keeps its own copy: a caller may reuse its buffers", async () => {
      const store = await (await newHome()).open();
      const given = withTokens("a", 0);
      await store.write({ put: [given] });
      given.vectors.fill(9);
      given.tokens?.bits.fill(9);
      expect(plain((await store.getMany(["a"]))[0])).toEqual(plain(withTokens("a", 0)));
    });

    claim("refuses to be opened for another space, naming both", async () => {
      const { open } = await newHome();
      await (await open()).write({ put: [entry("a", 0)] });
      const other = { ...BAG_SPACE, id: "f".repeat(32), name: "another model" };
      await expect(open(other)).rejects.toMatchObject({ code: "space-mismatch" });
      await expect(open(other)).rejects.toThrow(/another model.*bag-of-words|bag-of-words.*another model/s);
    });

    claim("has no changes for a holder that is ahead of it", async () => {
      const store = await (await newHome()).open();
      await store.write({ put: [entry("a", 0)] });
      expect(await all(store.changes(99))).toEqual([]);
    });

    claim("one writer at a time over two holders", async () => {
      const { open } = await newHome();
      const [one, two] = [await open(), await open()];
      const log: string[] = [];
      const turn = (who: string) => async () => {
        log.push(`${who} in`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(`${who} out`);
      };
      await Promise.all([one.exclusively(turn("one")), two.exclusively(turn("two")), one.exclusively(turn("three"))]);
      for (let i = 0; i < log.length; i += 2) expect(log[i + 1]).toBe(log[i]?.replace("in", "out"));
    });

    claim("work that fails inside its turn does not block the next", async () => {
      const store = await (await newHome()).open();
      const failing = store.exclusively(() => Promise.reject(new Error("mine")));
      await expect(failing).rejects.toThrow("mine");
      expect(await store.exclusively(async () => "next")).toBe("next");
    });

    claim("a second holder sees the first one's writes and is told of them", async () => {
      const { open } = await newHome();
      const [one, two] = [await open(), await open()];
      const told = new Promise<void>((resolve) => void two.onChange(resolve));
      await one.write({ put: [entry("a", 0)] });
      await told;
      expect((await two.state()).sequence).toBe(1);
      expect((await two.getMany(["a"]))[0]?.id).toBe("a");
    });

    claim("a closed store refuses calls", async () => {
      const store = await (await newHome()).open();
      await store.close();
      await expect(store.state()).rejects.toMatchObject({ code: "closed" });
      await expect(store.write({ put: [entry("a", 0)] })).rejects.toMatchObject({ code: "closed" });
      await expect(store.getMany(["a"])).rejects.toMatchObject({ code: "closed" });
      await expect(store.readTexts(["a"])).rejects.toMatchObject({ code: "closed" });
      await expect(all(store.changes(0))).rejects.toMatchObject({ code: "closed" });
    });

    claim("a closed store tells of no changes", async () => {
      const { open } = await newHome();
      const [one, two, three] = [await open(), await open(), await open()];
      let changes = 0;
      two.onChange(() => void changes++);
      const told = new Promise<void>((resolve) => void three.onChange(resolve));
      await two.close();
      await one.write({ put: [entry("a", 0)] });
      await told;
      expect(changes).toBe(0);
    });

    end();
  });
}

function entry(id: string, row: number): StoredEntry {
  const vectors = Float32Array.from({ length: BAG_SPACE.dimensions }, (_, i) => Math.fround(Math.sin(row + i + 1)));
  return {
    id,
    text: `text of ${id} – ünïcode 🐦`,
    fields: { row, tags: ["x", id], seen: true },
    passages: [{ row, start: 0, end: 4 }],
    vectors,
    producer: "bag",
    provisional: row % 2 === 1,
  };
}

/** An entry of two passages, the second without a token. */
function withTokens(id: string, row: number): StoredEntry {
  const one = entry(id, row);
  const bits = Uint8Array.from({ length: 48 }, (_, i) => (i + 1) * (row + 37));
  return {
    ...one,
    passages: [...one.passages, { row: row + 1, start: 5, end: 7 }],
    vectors: Float32Array.of(...one.vectors, ...one.vectors),
    tokens: { space: "0123456789abcdef".repeat(2), counts: [3, 0], bits },
  };
}

/** An entry with two pictures, which have vectors in two further spaces. */
function withMedia(id: string, row: number): StoredEntry {
  const media = ["c0", "c1"].map((digest, at) => ({
    ...{ digest: digest.repeat(32), type: "image/jpeg", size: 7 + at },
    ...(at === 0 && { name: "gr\u00fcn \ud83d\udc26.jpg" }),
  }));
  const at = (medium: number, row: number) => ({ row, locus: { modality: "picture", medium } as const });
  const further = [
    {
      space: "1".repeat(32),
      producer: "one",
      parts: [at(0, row + 10), at(1, row + 11)],
      vectors: Float32Array.of(1, 0, 0.6, 0.8),
    },
    { space: "2".repeat(32), producer: "two", parts: [at(1, row + 30)], vectors: Float32Array.of(0, 0, 1) },
  ];
  return { ...entry(id, row), media, further };
}

function plain(stored: StoredEntry | undefined) {
  const tokens = stored?.tokens && { ...stored.tokens, bits: [...stored.tokens.bits] };
  const further = stored?.further?.map((own) => ({ ...own, vectors: [...own.vectors] }));
  return stored && { ...stored, vectors: [...stored.vectors], tokens, further };
}

async function all(changes: AsyncIterable<readonly StoreChange[]>): Promise<StoreChange[]> {
  const list: StoreChange[] = [];
  for await (const batch of changes) list.push(...batch);
  return list;
}

function shape(changes: readonly StoreChange[]): [number, string, string][] {
  return changes.map((change) => [change.sequence, change.kind, nameOf(change)]);
}

function nameOf(change: StoreChange): string {
  if (change.kind === "only") return change.ids.join();
  return change.kind === "put" ? change.entry.id : change.id;
}
