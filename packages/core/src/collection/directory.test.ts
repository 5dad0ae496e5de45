import { expect, test } from "vitest";
import { Directory } from "./directory.ts";

const all = () => true;

test("a filter's bitmap is as long as its rows ask for, and of no rows it is empty", () => {
  // Signed shifts went wrong here: the bitmap of nothing was half a gigabyte.
  expect(new Directory().bitmapOf(all).length).toBe(0);
  for (const [row, words] of [
    [0, 1],
    [31, 1],
    [32, 2],
    [1000, 32],
  ] as const) {
    const passages = [{ row, start: 0, end: 1 }];
    const directory = Directory.fromListings([{ id: "a", passages, fields: {}, provisional: false }]);
    expect(directory.bitmapOf(all).length).toBe(words);
  }
});
