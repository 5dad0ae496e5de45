import { exactIndex, type IndexKind, PipitError } from "@pipit/core";
import { afterEach, expect, test, vi } from "vitest";
import { indexOrScan } from "./index-or-scan.ts";

afterEach(() => void vi.unstubAllGlobals());

const failing = (error: Error) => () => Promise.reject<IndexKind>(error);
const missing = new PipitError("model-unavailable", { got: "404", expected: "the module", do: "Serve it." });

test("an index that loads is used, without a message", async () => {
  const index = { ...exactIndex, name: "mine" };
  expect(await indexOrScan(async () => index)).toEqual({ index });
});

test("a module that is not served gives way to the scan, which tells to serve it", async () => {
  const { index, limit } = await indexOrScan(failing(missing));
  expect(index).toBe(exactIndex);
  expect(limit).toMatchObject({
    what: "webassembly",
    got: expect.stringContaining("404"),
    do: expect.stringContaining("Serve all files"),
  });
});

test("a page without WebAssembly gets the scan, and its owner the directive", async () => {
  vi.stubGlobal("WebAssembly", undefined);
  const { index, limit } = await indexOrScan(failing(new ReferenceError("WebAssembly is not defined")));
  expect(index).toBe(exactIndex);
  expect(limit?.do).toContain("'wasm-unsafe-eval'");
});

test("a wrong option stays an error of the caller", async () => {
  const wrong = new PipitError("bad-input", { got: "9 threads", expected: "1 to 8", do: "Ask for fewer." });
  await expect(indexOrScan(failing(wrong))).rejects.toBe(wrong);
});
