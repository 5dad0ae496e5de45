import { expect, test } from "vitest";
import { documentKind } from "./document-kind.ts";

test.each(["a.txt", "b.MD", "notes/c.csv", "d.json"])("%s is read as it is", (path) => {
  expect(documentKind(path, 10)).toEqual({ read: "plain" });
});

test("HTML is read without its markup", () => {
  expect(documentKind("site/page.html", 10)).toEqual({ read: "html" });
});

test.each([
  ["photo.jpg", 10, ".jpg is no kind of text Pipit reads"],
  ["Makefile", 10, "no file ending"],
  ["empty.txt", 0, "empty"],
  [".env.txt", 10, "a hidden file"],
  ["project/node_modules/readme.md", 10, "in the folder node_modules, which holds no documents"],
  ["project/.git/description.txt", 10, "in the folder .git, which holds no documents"],
  ["huge.html", 20_000_001, "an HTML file of more than 20 MB"],
])("%s of %d bytes is left out, and it says why", (path, bytes, why) => {
  expect(documentKind(path, bytes)).toEqual({ skip: why });
});
