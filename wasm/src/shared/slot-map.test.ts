import { expect, test } from "vitest";
import { SlotMap } from "./slot-map.ts";

test("tells slot 0 from no slot", () => {
  const map = new SlotMap();
  map.set(5, 0);
  expect([map.get(5), map.get(6)]).toEqual([0, undefined]);
});

test("keeps rows of the same page and of far pages apart", () => {
  const map = new SlotMap();
  const rows = [0, 1023, 1024, 4_294_967_295];
  for (const [slot, row] of rows.entries()) map.set(row, slot);
  expect(rows.map((row) => map.get(row))).toEqual([0, 1, 2, 3]);
});

test("forgets a row and keeps its neighbours", () => {
  const map = new SlotMap();
  map.set(1, 10);
  map.set(2, 20);
  map.delete(1);
  expect([map.get(1), map.get(2)]).toEqual([undefined, 20]);
});

test("leaves a row that is there where it is", () => {
  const map = new SlotMap();
  expect([map.set(3, 10), map.set(3, 20), map.get(3)]).toEqual([true, false, 10]);
});

test("tells every row with its slot", () => {
  const map = new SlotMap();
  for (const [slot, row] of [0, 1024, 4_294_967_295].entries()) map.set(row, slot);
  map.set(7, 9);
  map.delete(7);
  expect([...map.entries()]).toEqual([
    [0, 0],
    [1024, 1],
    [4_294_967_295, 2],
  ]);
});
