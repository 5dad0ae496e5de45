import { expect, test } from "vitest";
import type { Entry } from "../entry.ts";
import { entryBatches } from "./entry-batches.ts";

const LIMIT = { entries: 64 };
const entries = (count: number, text = "a bird"): Entry[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${i}`, text }));

async function sizes(source: Iterable<Entry>): Promise<number[]> {
  const lengths: number[] = [];
  for await (const batch of entryBatches(source, LIMIT)) lengths.push(batch.length);
  return lengths;
}

test.each([
  [0, []],
  [64, [64]],
  [65, [64, 1]],
  [130, [64, 64, 2]],
])("%i entries make batches of %j", async (count, batches) => {
  expect(await sizes(entries(count))).toEqual(batches);
});

test("long texts are divided by their characters", async () => {
  expect(await sizes(entries(7, "x".repeat(90_000)))).toEqual([3, 3, 1]);
});

test("a source is read only as fast as its batches are taken", async () => {
  let read = 0;
  function* source() {
    for (const entry of entries(300)) {
      read++;
      yield entry;
    }
  }
  for await (const _ of entryBatches(source(), LIMIT)) break;
  expect(read).toBe(64);
});

test("an entry whose fields JSON would change is refused", async () => {
  const wrong = { id: "a", text: "a bird", fields: { seen: new Date() } } as unknown as Entry;
  await expect(sizes([wrong])).rejects.toMatchObject({ code: "bad-input" });
});
