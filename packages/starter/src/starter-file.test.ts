import { isPipitError } from "@pipit/core";
import { shippedFile } from "@pipit/test/fixtures/shipped-starter";
import { expect, test } from "vitest";
import { openStarter } from "./starter.ts";
import { readStarterFile } from "./starter-file.ts";

const LARGEST = 3.5e6;

function refusal(damage: (file: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  try {
    openStarter(damage(shippedFile()));
  } catch (error) {
    if (isPipitError(error, "bad-model")) return error.message;
    throw error;
  }
  return "opened";
}

const flip = (at: number) => (file: Uint8Array<ArrayBuffer>) => {
  file[at]! ^= 1;
  return file;
};

test("is at most 3.5 MB with no help from the server's compression", () => {
  const over = `starter.pipit grew past what a first visit should load. Round its rows more coarsely (--step) and make it again.`;
  expect(shippedFile().length, over).toBeLessThanOrEqual(LARGEST);
});

test("names the magic of a foreign file", () => {
  expect(refusal(flip(0))).toContain('begins with "QIPS"');
});

test("names both versions of a file from the future", () => {
  const newer = (file: Uint8Array<ArrayBuffer>) => {
    file[4] = 3;
    return file;
  };
  expect(refusal(newer)).toMatch(/got v3, expected v2/);
});

test("refuses a file cut short, wherever it was cut", () => {
  for (const length of [0, 3, 15, 16, 5000, 1_000_000]) {
    expect(refusal((file) => file.subarray(0, length))).toMatch(/expected/);
  }
  expect(refusal((file) => file.subarray(0, -1))).toContain("damaged");
});

test("refuses a file with one flipped bit, wherever it flipped", () => {
  const last = shippedFile().length - 1;
  for (const at of [20, 3000, 500_000, 2_000_000, last]) expect(refusal(flip(at))).toContain("damaged");
});

test("opens from a view into a larger buffer", () => {
  const file = shippedFile();
  const larger = new Uint8Array(file.length + 7);
  larger.set(file, 3);
  expect(openStarter(larger.subarray(3, 3 + file.length)).header.dimensions).toBe(384);
});

test("decodes only the rows that are asked for, and those before them in their block", () => {
  const { header, rows } = readStarterFile(shippedFile());
  const width = rows.integers.length / header.tokens;
  const touched = () =>
    Array.from({ length: header.tokens }, (_, row) => row).filter((row) =>
      rows.integers.subarray(row * width, (row + 1) * width).some((value) => value !== 0),
    );
  expect(touched()).toEqual([]);
  const first = 31 * header.blockRows;
  rows.need(first + 2);
  expect(touched()).toEqual([first, first + 1, first + 2]);
});

test("decodes a row to the same numbers, whichever rows were asked for before it", () => {
  const forwards = readStarterFile(shippedFile()).rows;
  const backwards = readStarterFile(shippedFile()).rows;
  const many = Array.from({ length: 300 }, (_, i) => (i * 7919) % 3000);
  for (const row of many.toSorted((a, b) => a - b)) forwards.need(row);
  for (const row of many.toSorted((a, b) => b - a)) backwards.need(row);
  for (const row of many) backwards.need(row);
  expect(Buffer.compare(Buffer.from(forwards.integers.buffer), Buffer.from(backwards.integers.buffer))).toBe(0);
});
