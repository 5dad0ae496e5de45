import { describe, expect, test } from "vitest";
import { createMemoryBytes } from "./memory-bytes.ts";

const bytes = (length: number) => new Uint8Array(length);

describe("bytes in memory", () => {
  test("the record unused for longest makes room", async () => {
    const store = createMemoryBytes({ maxBytes: 30 });
    await store.putMany([
      ["a", bytes(10)],
      ["b", bytes(10)],
    ]);
    await store.getMany(["a"]);
    await store.putMany([["c", bytes(10)]]);
    expect((await store.getMany(["a", "b", "c"])).map((found) => found?.length)).toEqual([10, undefined, 10]);
  });

  test("replacing a record frees what it held", async () => {
    const store = createMemoryBytes({ maxBytes: 30 });
    for (let round = 0; round < 5; round++) await store.putMany([["a", bytes(10)]]);
    await store.putMany([["b", bytes(10)]]);
    expect((await store.getMany(["a", "b"])).every(Boolean)).toBe(true);
  });

  test("a record larger than the store is not kept and drives nothing out", async () => {
    const store = createMemoryBytes({ maxBytes: 30 });
    await store.putMany([["a", bytes(10)]]);
    await store.putMany([["large", bytes(31)]]);
    expect((await store.getMany(["a", "large"])).map((found) => found?.length)).toEqual([10, undefined]);
  });

  test("a record is gone when its time is over, read or not", async () => {
    let now = 0;
    const store = createMemoryBytes({ maxBytes: 1000, ttlMs: 100, now: () => now });
    await store.putMany([["a", bytes(1)]]);
    now = 99;
    expect((await store.getMany(["a"]))[0]).toHaveLength(1);
    now = 100;
    expect(await store.getMany(["a"])).toEqual([undefined]);
  });
});
