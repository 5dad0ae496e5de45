import { readFileSync } from "node:fs";
import { MINILM_SPACE, textPiece } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import { expect, test } from "vitest";
import { SENTENCES } from "../../fixtures/sentences.ts";
import { expectTenSentences } from "../../fixtures/ten-sentences.ts";
import { usePages } from "./open-page.ts";
import type {} from "./pages/tab.ts";
import { remoteEngine } from "./remote-engine.ts";

const pages = usePages();

test("in the tab ten sentences are found by meaning with what ships inside, no model downloaded", async () => {
  const page = await pages.open();
  const before = pages.server.asked.length;
  await expectTenSentences(await remoteEngine(page, { name: "ten" }));
  expect(pages.server.asked.slice(before).filter((path) => /^\/(models|ort)/.test(path))).toEqual([]);
});

test("the starter gives the same bits in the tab as on Node", async () => {
  const page = await pages.open();
  const inTab = await page.evaluate(async (texts) => {
    const engine = await window.pipit.open({ name: "bits" });
    return [...(await engine.embed(texts))];
  }, SENTENCES);
  const file = readFileSync(new URL("../../../packages/starter/starter.pipit", import.meta.url));
  const onNode = await createStarterEmbedder(file, MINILM_SPACE).embed(SENTENCES.map(textPiece));
  expect(Float32Array.from(inTab)).toEqual(onNode);
});
