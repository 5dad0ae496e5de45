import { axis, axisEntry, PLANE } from "@pipit/test/fixtures/plane-entries";
import { expect, test } from "vitest";
import { exactIndex } from "../index/exact-index.ts";
import type { Space } from "../space.ts";
import { fluencyOf } from "./fluency.ts";
import { openCollection } from "./local-collection.ts";
import { createMemoryStore } from "./memory-store.ts";

const ENGLISH_MODEL: Space = { ...PLANE, scripts: ["Latin"] };
const EVERY_SCRIPT: Space = { ...PLANE, scripts: undefined };

test.each([
  ["en", 1],
  ["en-GB", 1],
  ["de", 0.5],
  ["enm", 0.5],
])(
  "a model that names its scripts knows %s by %d, and one that reads all scripts knows it whole",
  (language, share) => {
    expect([fluencyOf(ENGLISH_MODEL, language), fluencyOf(EVERY_SCRIPT, language)]).toEqual([share, 1]);
  },
);

/** The score of an entry that is near by meaning and has none of the words. */
async function scoreByMeaning(space: Space, language: string): Promise<number> {
  const collection = await openCollection({ store: createMemoryStore(space), index: exactIndex, language });
  await collection.upsert([axisEntry("near", 0), axisEntry("far", 1)]);
  const { hits } = await collection.search({ text: "xqzvw ", vector: axis(0) }, { k: 2 });
  await collection.close();
  return hits.find(({ id }) => id === "near")!.score;
}

test("in a language that the model was not trained on, its vectors count less", async () => {
  expect(await scoreByMeaning(ENGLISH_MODEL, "de")).toBeLessThan(await scoreByMeaning(ENGLISH_MODEL, "en"));
  expect(await scoreByMeaning(EVERY_SCRIPT, "de")).toBe(await scoreByMeaning(EVERY_SCRIPT, "en"));
});
