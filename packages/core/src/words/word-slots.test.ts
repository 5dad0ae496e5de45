import { seeded } from "@pipit/test/fixtures/seeded";
import { expect, test } from "vitest";
import { WordSlots } from "./word-slots.ts";

test("words have slots in their order, each once, and no other word has one", () => {
  const random = seeded(5);
  for (let round = 0; round < 200; round++) {
    const words = Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 50));
    const distinct = [...new Set(words)];
    const slots = new WordSlots(words);
    expect(slots.size).toBe(distinct.length);
    for (let word = 0; word < 60; word++) expect(slots.slotOf(word)).toBe(distinct.indexOf(word));
  }
});
