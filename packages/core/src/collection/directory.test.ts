import { expect, test } from "vitest";
import type { Fields } from "../entry.ts";
import { Directory } from "./directory.ts";

const all = () => true;

/** Runs the generator to its end and calls `meanwhile` at each stop. */
function made(making: ReturnType<Directory["bitmapOf"]>, meanwhile: (stop: number) => void = () => undefined) {
  for (let stop = 0; ; stop++) {
    const step = making.next();
    if (step.done) return step.value;
    meanwhile(stop);
  }
}

test("a filter's bitmap is as long as its rows ask for, and of no rows it is empty", () => {
  // Signed shifts were wrong here: the bitmap of an empty directory took half a gigabyte.
  expect(made(new Directory().bitmapOf(all)).length).toBe(0);
  for (const [row, words] of [
    [0, 1],
    [31, 1],
    [32, 2],
    [1000, 32],
  ] as const) {
    const passages = [{ row, start: 0, end: 1 }];
    const directory = Directory.fromListings([{ id: "a", passages, fields: {}, provisional: false }]);
    expect(made(directory.bitmapOf(all)).length).toBe(words);
  }
});

test("a bitmap has the changes that were made while it was computed", () => {
  const listing = (i: number, fields = {}) => ({
    id: `e${i}`,
    passages: [{ row: i, start: 0, end: 1 }],
    fields,
    provisional: false,
  });
  const directory = Directory.fromListings(Array.from({ length: 200 }, (_, i) => listing(i)));
  const shown = (fields: Fields) => fields.hidden === undefined;
  const bitmap = made(directory.bitmapOf(shown), (stop) => {
    if (stop > 0) return;
    // The entries are marked already: one gets other fields in the same row, the other gets another row.
    directory.put({ ...listing(3, { hidden: true }), text: "" } as never);
    directory.put({ ...listing(4), passages: [{ row: 5_000, start: 0, end: 1 }], text: "" } as never);
  });
  const has = (row: number) => ((bitmap[row >>> 5] ?? 0) >>> (row & 31)) & 1;
  expect([has(2), has(3), has(199), has(5_000)]).toEqual([1, 0, 1, 1]);
});
