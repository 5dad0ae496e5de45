import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plainFile } from "./plain-file.ts";

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "pipit-plain-"));
  folder = join(root, "app");
  await mkdir(join(folder, "assets"), { recursive: true });
  for (const path of ["secret", "app/index.html", "app/.hidden"]) await writeFile(join(root, path), "text");
});
afterAll(() => rm(root, { recursive: true }));

test("a file inside the folder is found, with its facts", async () => {
  const file = await plainFile(folder, "/index.html");
  expect([file?.path, file?.facts.size]).toEqual([join(folder, "index.html"), 4]);
});

test.each(["/", "/assets", "/assets/", "/none.html", "/index.html/x", "/../secret", "/.hidden", "/%00"])(
  "%s is no plain file of it",
  async (path) => {
    expect(await plainFile(folder, path)).toBeUndefined();
  },
);

// Reading a pipe would never end.
test.skipIf(process.platform === "win32")("a pipe is no plain file", async () => {
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(await plainFile(folder, "/pipe")).toBeUndefined();
});
