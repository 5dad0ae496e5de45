import { type ErrorCode, PipitError } from "@pipit/core";
import { expect, test, vi } from "vitest";
import { MissingPart, remedyOf, tellOwner } from "./remedy.ts";

const failure = (code: ErrorCode) => new PipitError(code, { got: "this", expected: "that", do: "Do it." });

test.each([
  ["remote-failed", "wait"],
  ["worker-died", "wait"],
  ["model-unavailable", "wait"],
  ["storage-failed", "wait"],
  ["storage-outdated", "reload"],
  ["storage-blocked", "tabs"],
  ["unknown-collection", "none"],
  ["bad-input", "words"],
] as const)("a search that fails with %s is helped by: %s", (code, remedy) => {
  expect(remedyOf(failure(code), "open")).toBe(remedy);
});

test("a page that has outlived its build is to be loaded again", () => {
  expect(remedyOf(new MissingPart("remote-failed", { got: "404", expected: "a file", do: "Serve it." }), "shut")).toBe(
    "reload",
  );
});

test("an engine that cannot be opened as its attributes say is not helped by other words", () => {
  expect(remedyOf(failure("bad-input"), "shut")).toBe("none");
  expect(remedyOf(failure("remote-failed"), "shut")).toBe("wait");
});

test.each([new Error("boom"), undefined])("an error of a foreign engine counts as temporary: %s", (thrown) => {
  expect(remedyOf(thrown, "open")).toBe("wait");
});

test("the site's owner reads a reason once, however often it meets a reader", () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  for (let i = 0; i < 3; i++) tellOwner(failure("remote-failed"));
  expect(error.mock.calls).toEqual([["<pipit-search> Pipit:remote-failed: got this, expected that. Do it."]]);
  error.mockRestore();
});
