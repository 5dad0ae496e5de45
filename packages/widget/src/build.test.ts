import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const DAY_MS = 24 * 60 * 60 * 1000;
let folder: string;

/** Builds the script over the output of former builds, without the kinds of engine. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-build-"));
  await mkdir(join(folder, "chunks"));
  for (const [name, days] of Object.entries({ "young-1.js": 1, "old-1.js": 60 })) {
    const path = join(folder, "chunks", name);
    await writeFile(path, "export {};");
    const when = new Date(Date.now() - days * DAY_MS);
    await utimes(path, when, when);
  }
  await build({
    configFile: fileURLToPath(new URL("../vite.config.ts", import.meta.url)),
    build: { outDir: folder, rolldownOptions: { external: ["@pipit/browser", "@pipit/edge/client"] } },
  });
});

afterAll(() => rm(folder, { recursive: true }));

test("a build leaves the parts that open pages of a former one still ask for, and drops those of long ago", async () => {
  const left = await readdir(join(folder, "chunks"));
  expect(left.filter((name) => /^(young|old)/.test(name))).toEqual(["young-1.js"]);
});

test("a package of it leaves out the parts of former builds", async () => {
  const left = (await readFile(join(folder, ".npmignore"), "utf8")).split("\n").filter((line) => line !== "");
  expect(left).toEqual(["/chunks/young-1.js"]);
});

test("the sheet in the built script says what the sheet in the source says, without comments and line breaks", async () => {
  const built = await readFile(join(folder, "pipit-search.js"), "utf8");
  const sheet = /`( ?:host ?\{[^`]*)`/.exec(built)?.[1] ?? "";
  expect(sheet).not.toMatch(/\/\*|\n/);
  const source = await readFile(new URL("styles.ts", import.meta.url), "utf8");
  const written = /const CSS = `([^`]*)`/.exec(source)?.[1] ?? "";
  const bare = (css: string) => css.replace(/\/\*.*?\*\//gs, "").replace(/[\s;]/g, "");
  expect(bare(sheet)).toBe(bare(written));
});
