import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileAnswer } from "./file-answer.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pipit-answer-"));
  path = join(folder, "file");
  await writeFile(path, "0123456789");
});
afterEach(() => rm(folder, { recursive: true }));

function ask(size: number, init?: RequestInit) {
  const app = new Hono();
  app.get("/", (c) => fileAnswer(c, { path, size, version: { etag: '"a"', modified: 0 }, headers: {} }));
  return app.request("/", init);
}

test("an empty file and an answer to HEAD open no file", async () => {
  const [empty, head] = [await ask(0), await ask(10, { method: "HEAD" })];
  expect([empty.body, head.body]).toEqual([null, null]);
  expect([empty, head].map(({ headers }) => headers.get("content-length"))).toEqual(["0", "10"]);
});

test("a file that is gone since it was looked at fails before the answer begins", async () => {
  const app = new Hono();
  let failure: unknown;
  app.onError((error, c) => {
    failure = error;
    return c.text("failed", 500);
  });
  const file = { path: `${path}-gone`, size: 10, version: { etag: '"a"', modified: 0 }, headers: {} };
  app.get("/", (c) => fileAnswer(c, file));
  expect((await app.request("/")).status).toBe(500);
  expect(failure).toMatchObject({ code: "ENOENT" });
});
