import { type ByteStore, PipitError } from "@pipit/core";
import { afterEach, describe, expect } from "vitest";
import { claims, type Skips } from "./contract.ts";

/** The contract of every ByteStore. `make` is called once per test and returns an empty store for at least 100 kB. */
export function byteStoreContract(name: string, make: () => Promise<ByteStore>, skips: Skips = {}): void {
  const { claim, end } = claims(skips);
  const made: ByteStore[] = [];
  const open = async () => {
    const store = await make();
    made.push(store);
    return store;
  };

  afterEach(async () => {
    for (const store of made.splice(0)) await store.close();
  });

  describe(`byte store: ${name}`, () => {
    claim("a key that was never put is undefined", async () => {
      expect(await (await open()).getMany(["absent"])).toEqual([undefined]);
    });

    claim("answers in the order asked, gaps and repeats included", async () => {
      const store = await open();
      await store.putMany([
        ["a", Uint8Array.of(1)],
        ["b", Uint8Array.of(2, 3)],
      ]);
      const found = await store.getMany(["b", "absent", "a", "b"]);
      expect(found.map((bytes) => bytes && [...bytes])).toEqual([[2, 3], undefined, [1], [2, 3]]);
    });

    claim("getting and putting nothing succeeds", async () => {
      const store = await open();
      await store.putMany([]);
      await store.deleteMany([]);
      expect(await store.getMany([])).toEqual([]);
    });

    claim("a later put replaces the bytes", async () => {
      const store = await open();
      await store.putMany([["a", Uint8Array.of(1)]]);
      await store.putMany([["a", Uint8Array.of(2, 2)]]);
      expect(await store.getMany(["a"])).toEqual([Uint8Array.of(2, 2)]);
    });

    claim("a deleted key is gone and deleting an absent one is no failure", async () => {
      const store = await open();
      await store.putMany([
        ["a", Uint8Array.of(1)],
        ["b", Uint8Array.of(2)],
      ]);
      await store.deleteMany(["a", "absent"]);
      expect(await store.getMany(["a", "b"])).toEqual([undefined, Uint8Array.of(2)]);
    });

    claim("the caller may reuse its buffer after a put", async () => {
      const store = await open();
      const bytes = Uint8Array.of(1, 2);
      await store.putMany([["a", bytes]]);
      bytes.fill(9);
      expect(await store.getMany(["a"])).toEqual([Uint8Array.of(1, 2)]);
    });

    claim("bytes read may be overwritten without harm to the store", async () => {
      const store = await open();
      await store.putMany([["a", Uint8Array.of(1, 2)]]);
      (await store.getMany(["a"]))[0]?.fill(9);
      expect(await store.getMany(["a"])).toEqual([Uint8Array.of(1, 2)]);
    });

    claim("a view of a larger buffer stores its own bytes alone", async () => {
      const store = await open();
      await store.putMany([["a", Uint8Array.of(7, 1, 2, 7).subarray(1, 3)]]);
      expect(await store.getMany(["a"])).toEqual([Uint8Array.of(1, 2)]);
    });

    claim("keys are any string", async () => {
      const store = await open();
      const keys = ["a/b", "../up", "ключ", "🐦", "with space", "A", "a"];
      await store.putMany(keys.map((key, i) => [key, Uint8Array.of(i)] as const));
      expect((await store.getMany(keys)).map((bytes) => bytes?.[0])).toEqual(keys.map((_, i) => i));
    });

    claim("empty bytes are a value", async () => {
      const store = await open();
      await store.putMany([["a", new Uint8Array(0)]]);
      expect((await store.getMany(["a"]))[0]).toHaveLength(0);
    });

    claim("50 kB come back to the bit", async () => {
      const store = await open();
      const bytes = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 31) % 251);
      await store.putMany([["large", bytes]]);
      expect((await store.getMany(["large"]))[0]).toEqual(bytes);
    });

    claim("pieces are one record, and their buffer may be used again for the next piece", async () => {
      const store = await open();
      async function* pieces() {
        const buffer = new Uint8Array(3);
        for (const value of [1, 2, 3]) yield buffer.fill(value);
      }
      await store.putPieces("a", pieces());
      expect((await store.getMany(["a"]))[0]).toEqual(Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3));
    });

    claim("when the pieces fail, the put fails with their error and the old bytes stay", async () => {
      const store = await open();
      await store.putMany([["a", Uint8Array.of(1)]]);
      const failure = new PipitError("bad-snapshot", { got: "a piece", expected: "another", do: "Try again." });
      async function* pieces() {
        yield Uint8Array.of(2);
        throw failure;
      }
      await expect(store.putPieces("a", pieces())).rejects.toBe(failure);
      expect(await store.getMany(["a"])).toEqual([Uint8Array.of(1)]);
    });

    claim("a closed store rejects every call with closed", async () => {
      const store = await open();
      await store.close();
      async function* pieces() {
        yield Uint8Array.of(1);
      }
      await expect(store.getMany(["a"])).rejects.toMatchObject({ code: "closed" });
      await expect(store.putMany([["a", Uint8Array.of(1)]])).rejects.toMatchObject({ code: "closed" });
      await expect(store.putPieces("a", pieces())).rejects.toMatchObject({ code: "closed" });
      await expect(store.deleteMany(["a"])).rejects.toMatchObject({ code: "closed" });
    });

    end();
  });
}
