import { mkdir, mkdtemp, readFile, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PipitError } from "@pipit/core";
import { expect, test } from "vitest";
import { sentenceOf } from "./sentence-of.ts";

const failure = (work: Promise<unknown>) => work.catch((error: unknown) => error);

test("an error of Pipit says what to do itself", () => {
  const error = new PipitError("bad-input", { got: "a", expected: "b", do: "Give b." });
  expect(sentenceOf(error)).toBe("got a, expected b. Give b.");
});

test("an error of the operating system gets its advice", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pipit-sentence-"));
  const missing = sentenceOf(await failure(readFile(join(folder, "none"))));
  expect(missing).toMatch(
    /^got ENOENT: .*none.*, expected a system that allows it\. It is not there: correct the path\.$/,
  );
  expect(sentenceOf(await failure(readFile(folder)))).toContain("A folder lies where a file should be");
  await rm(folder, { recursive: true });
});

test("one without advice of its own still says what it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pipit-sentence-"));
  await mkdir(join(folder, "in"));
  expect(sentenceOf(await failure(rmdir(folder)))).toMatch(/^got ENOTEMPTY: .* Name another place, or see to what/);
  await rm(folder, { recursive: true });
});

test.each([
  ["a bug", new TypeError("x is undefined")],
  ["a bug with a code", Object.assign(new Error("no such option"), { code: "ERR_INVALID_ARG" })],
  ["what is no error", { code: "ENOENT", syscall: "open", message: "x" }],
  ["undefined", undefined],
])("%s has none: its stack is shown", (_, error) => {
  expect(sentenceOf(error)).toBeUndefined();
});
