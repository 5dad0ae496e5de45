import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { expect, test } from "vitest";
import { embeddedQuery } from "./embedded-query.ts";

const embedder = { ...createBagEmbedder(), space: { ...BAG_SPACE, scripts: ["Latin"] as const } };
const asked = (text: string) => embeddedQuery({ query: { text }, ranking: "both" }, embedder, undefined);

test.each(["parrot🦜", "🦜parrot", "parrot👍🏽", "☀️parrot"])(
  "the word of %s is read beside its emoji",
  async (text) => {
    const { isUnread, query } = await asked(text);
    expect(isUnread).toBe(false);
    expect(query?.text).toBe(text);
  },
);

test("emoji alone are not read, and joined ones stay together", async () => {
  expect(await asked("👩‍👩‍👧‍👦")).toMatchObject({ isUnread: true, read: 0 });
});
