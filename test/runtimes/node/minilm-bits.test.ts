import { cacheEmbeddings, createLane, createMemoryBytes, type OnnxVariant, textPiece } from "@pipit/core";
import { describe, expect, test } from "vitest";
import { minilmFolder, openMinilm, referenceTexts } from "../../fixtures/minilm.ts";
import { SENTENCES } from "../../fixtures/sentences.ts";

describe.skipIf(!minilmFolder)("a remembered vector equals a fresh one to the bit", () => {
  const folder = minilmFolder!;

  test.each<OnnxVariant>(["fp32", "q8"])(
    "%s: alone, among ten, among the reference texts, and from the cache",
    async (variant) => {
      const lane = createLane(await openMinilm(folder, variant));
      const others = referenceTexts(folder)
        .slice(0, 60)
        .map(({ text }) => text);
      const cached = cacheEmbeddings(lane, { store: createMemoryBytes({ maxBytes: 1_000_000 }) });
      await cached.embed([...others, ...SENTENCES].map(textPiece), { priority: "bulk" });
      const remembered = await cached.embed(SENTENCES.map(textPiece));
      expect(cached.stats().hits).toBeGreaterThanOrEqual(SENTENCES.length);
      expect(await lane.embed([...SENTENCES].map(textPiece))).toEqual(remembered);
      for (const [row, sentence] of SENTENCES.entries()) {
        const alone = await lane.embed([textPiece(sentence)]);
        expect(alone, sentence.slice(0, 60)).toEqual(remembered.slice(row * 384, (row + 1) * 384));
      }
      await lane.close();
    },
  );
});
