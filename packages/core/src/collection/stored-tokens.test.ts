import { describe, expect, test } from "vitest";
import { exactIndex } from "../index/exact-index.ts";
import type { EmbeddedEntry } from "../ports/collection.ts";
import type { StoredTokens } from "../ports/entry-store.ts";
import { spaceOf } from "../space.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore } from "./memory-store.ts";

const space = spaceOf({
  name: "line",
  weights: "none",
  tokenizer: "none",
  preprocessing: "1",
  pooling: "none",
  normalization: "l2",
  dimensions: 1,
});

const tokensOf = (counts: readonly number[], bytes: number): StoredTokens => ({
  space: "0".repeat(32),
  counts,
  bits: Uint8Array.from({ length: bytes }, (_, i) => i),
});

/** Two passages, and by default token vectors of two bytes for the three tokens of the first one. */
const entry = (more: Partial<EmbeddedEntry> = {}): EmbeddedEntry => ({
  id: "a",
  text: "a wren, a lark",
  passages: [
    { start: 0, end: 6 },
    { start: 8, end: 14 },
  ],
  vectors: Float32Array.of(1, 1),
  tokens: tokensOf([3, 0], 6),
  producer: "test",
  provisional: true,
  ...more,
});

async function openOne() {
  const store = createMemoryStore(space);
  const collection = await openCollection({ store, index: exactIndex });
  return { collection, tokens: async () => (await store.getMany(["a"]))[0]?.tokens };
}

test("token vectors are stored with their entry, and stay when its fields change", async () => {
  const { collection, tokens } = await openOne();
  await collection.upsert([entry()]);
  expect(await tokens()).toEqual(tokensOf([3, 0], 6));
  await collection.setFields("a", { seen: true });
  expect(await tokens()).toEqual(tokensOf([3, 0], 6));
});

test.each(["upsert", "reembed", "replace"] as const)(
  "%s puts new token vectors in place of the old ones, or none",
  async (method) => {
    const { collection, tokens } = await openOne();
    const put = (embedded: EmbeddedEntry) =>
      method === "replace" ? collection.replace(embedded) : collection[method]([embedded]);
    await collection.upsert([entry()]);
    await put(entry({ tokens: tokensOf([1, 1], 4) }));
    expect(await tokens()).toEqual(tokensOf([1, 1], 4));
    await put(entry({ tokens: undefined }));
    expect(await tokens()).toBeUndefined();
  },
);

describe("an entry is refused before anything is stored if its token vectors have", () => {
  test.each<[string, StoredTokens]>([
    ["no number for a passage", tokensOf([3], 6)],
    ["a number too many", tokensOf([3, 0, 0], 6)],
    ["a negative number", tokensOf([4, -1], 6)],
    ["a number that is not whole", tokensOf([1.5, 1.5], 6)],
    ["bytes that are not the same for each token", tokensOf([3, 1], 6)],
    ["no bytes for their tokens", tokensOf([3, 0], 0)],
    ["bytes of no token", tokensOf([0, 0], 6)],
  ])("%s", async (_, tokens) => {
    const { collection } = await openOne();
    const good = entry({ id: "good" });
    const refused = { code: "bad-input", got: expect.stringContaining('entry "a" with ') };
    await expect(collection.upsert([good, entry({ tokens })])).rejects.toMatchObject(refused);
    expect(await collection.ids()).toEqual([]);
  });

  test("not if no passage has a token", async () => {
    const { collection, tokens } = await openOne();
    await collection.upsert([entry({ tokens: tokensOf([0, 0], 0) })]);
    expect(await tokens()).toEqual(tokensOf([0, 0], 0));
  });
});
