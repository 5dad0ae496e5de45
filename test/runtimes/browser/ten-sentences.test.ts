import { expect, test } from "vitest";
import { expectTenSentences } from "../../fixtures/ten-sentences.ts";
import { usePages } from "./open-page.ts";
import { remoteEngine } from "./remote-engine.ts";

const pages = usePages();

test("ten sentences are found by meaning with the shipped starter and HNSW", async () => {
  const page = await pages.open();
  const scores = await expectTenSentences(await remoteEngine(page, { name: "ten" }));
  expect(Object.keys(scores)).toHaveLength(100);
});
