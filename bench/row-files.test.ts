import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, expect, test } from "vitest";
import { appendRows, readFloats, writeOnce } from "./row-files.ts";

const folder = mkdtempSync(`${tmpdir()}/pipit-rows-`);
afterAll(() => rmSync(folder, { recursive: true }));

test("rows are read as they were appended, a part of a larger array too", () => {
  const path = `${folder}/rows`;
  writeOnce(path, () => {
    appendRows(path, Float32Array.of(1, 2));
    appendRows(path, Float32Array.of(0, 3, 4, 0).subarray(1, 3));
  });
  expect([...readFloats(path)]).toEqual([1, 2, 3, 4]);
});

test("a file that is whole is not written again", () => {
  const path = `${folder}/whole`;
  writeFileSync(path, "");
  writeOnce(path, () => expect.unreachable());
});

test("a rest of an interrupted run does not get into the file", () => {
  const path = `${folder}/torn`;
  writeFileSync(`${path}.part`, "left over");
  writeOnce(path, () => appendRows(path, Float32Array.of(7)));
  expect([...readFloats(path)]).toEqual([7]);
});

test("a write that fails leaves no file that looks whole", () => {
  const path = `${folder}/failed`;
  const fail = () => {
    appendRows(path, Float32Array.of(7));
    throw new Error("disk");
  };
  expect(() => writeOnce(path, fail)).toThrow("disk");
  expect(existsSync(path)).toBe(false);
});
