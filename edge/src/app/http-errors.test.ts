import { type ErrorCode, PipitError } from "@pipit/core";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onError } from "./http-errors.ts";

let logged: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => logged.mockRestore());

async function told(code: ErrorCode, got: string) {
  const app = new Hono();
  app.onError(onError);
  app.get("/", () => {
    throw new PipitError(code, { got, expected: "the file as it was written", do: "Restore it." });
  });
  const answer = await app.request("/");
  return { status: answer.status, text: await answer.text() };
}

test.each([
  ["storage-failed", "/srv/inner/data/pipit.sqlite, which is damaged"],
  ["storage-full", "no room for the write in /srv/inner/data/pipit.sqlite"],
  ["storage-failed", '"disk I/O error" from C:\\srv\\inner\\pipit.sqlite'],
] as const)("a caller of %s does not learn the location of the data: %s", async (code, got) => {
  const { text } = await told(code, got);
  expect(text).toContain("pipit.sqlite");
  expect(text).not.toMatch(/srv|inner/);
});

test("a failure of the storage is logged with its place, in one line", async () => {
  const got = "/srv/data/pipit.sqlite, which is damaged";
  expect((await told("storage-failed", got)).status).toBe(500);
  expect(logged).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(got));
});

test.each([
  ["bad-input", "/srv/a/b"],
  ["storage-full", "no room"],
] as const)("%s, which is not a failure of the server, is reported unchanged and not logged", async (code, got) => {
  expect((await told(code, got)).text).toContain(got);
  expect(logged).not.toHaveBeenCalled();
});
