import { expect, test } from "vitest";
import { smallestEf } from "./smallest-ef.ts";

const range = { least: 10, most: 1000 };

/** A graph whose recall is .9 from `enough` on. */
async function search(enough: number, { least, most } = range) {
  const asked: number[] = [];
  const recallAt = async (ef: number) => {
    asked.push(ef);
    return ef >= enough ? 0.9 : 0.5;
  };
  return { ...(await smallestEf(recallAt, 0.9, { least, most })), asked };
}

test.each([11, 33, 100, 173, 512, 999])(
  "an ef within an eighth above the least that does is found: %i",
  async (enough) => {
    const { ef, recall } = await search(enough);
    expect(recall).toBe(0.9);
    expect(ef).toBeGreaterThanOrEqual(enough);
    expect(ef).toBeLessThanOrEqual(Math.ceil(enough * 1.125));
  },
);

test("the least is asked first and taken when it does", async () => {
  expect(await search(1)).toEqual({ ef: 10, recall: 0.9, asked: [10] });
});

test("the widest is the answer when none does, with its recall", async () => {
  expect(await search(5000)).toMatchObject({ ef: 1000, recall: 0.5 });
});

test("nothing in between is asked when the widest does not", async () => {
  expect((await search(5000)).asked).toEqual([10, 20, 40, 80, 160, 320, 640, 1000]);
});

test("nothing wider than the most is asked", async () => {
  expect(Math.max(...(await search(5000)).asked)).toBe(1000);
});

test("a dozen questions are enough", async () => {
  expect((await search(999)).asked.length).toBeLessThanOrEqual(12);
});
