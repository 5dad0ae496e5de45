import { expect, test } from "vitest";
import { safePath } from "./safe-path.ts";

test.each([
  ["/index.html", "/app/index.html"],
  ["assets/a-b.js", "/app/assets/a-b.js"],
  ["/with%20space", "/app/with space"],
  ["/a..b/c.", "/app/a..b/c."],
])("%s is a file of the folder", (path, file) => {
  expect(safePath("/app", path)).toBe(file);
});

test.each([
  "/../etc/passwd",
  "..",
  "/a/../../b",
  "/%2e%2e/b",
  "/a%2f..%2f..%2fb",
  "/..\\b",
  "/a%5c..%5c..%5cb",
  "/.git/config",
  "/a/.env",
  "/%00",
  "/a%00.js",
  "/%ff",
  "/%",
])("%s could name something else", (path) => {
  expect(safePath("/app", path)).toBeUndefined();
});
