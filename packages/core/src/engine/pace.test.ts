import { expect, test } from "vitest";
import { Pace } from "./pace.ts";

const after = (...times: number[]) => {
  const pace = new Pace();
  for (const time of times) pace.took(time);
  return pace.entries;
};

test("batches grow while they are quick, up to 512 entries", () => {
  expect(after(10)).toBe(128);
  expect(after(10, 10, 10, 10, 10)).toBe(512);
});

test("batches that are only stored have 512 entries but for the first, however long they take", () => {
  const pace = new Pace("stored");
  expect(pace.entries).toBe(256);
  for (const time of [10, 5000]) {
    pace.took(time);
    expect(pace.entries).toBe(512);
  }
});

test("batches shrink while they are slow, down to 8 entries", () => {
  expect(after(5000)).toBe(32);
  expect(after(5000, 5000, 5000, 5000, 5000)).toBe(8);
});

test("batches between quick and slow stay as they are", () => {
  expect(after(400, 400)).toBe(64);
});
