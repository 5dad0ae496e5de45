import { afterEach, expect, test, vi } from "vitest";
import { engineFrom } from "./engine-from.ts";

afterEach(() => vi.unstubAllGlobals());

const NO_URL = "http://[";

test.each([
  ["edge", { edge: NO_URL }],
  ["source", { source: NO_URL }],
  ["starter", { source: "entries.json", starter: NO_URL }],
])("an attribute that is no URL is named: %s", async (name, attributes: Record<string, string>) => {
  vi.stubGlobal("document", { baseURI: "https://site.example/page" });
  const { signal } = new AbortController();
  const engine = engineFrom((attribute) => attributes[attribute] ?? null, {
    onProgress: () => undefined,
    onUsable: () => undefined,
    signal,
  });
  await expect(engine).rejects.toMatchObject({ code: "bad-input", got: `${name}="${NO_URL}"` });
});
