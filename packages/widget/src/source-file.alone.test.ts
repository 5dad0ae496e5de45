import { afterEach, expect, test, vi } from "vitest";
import { firstEntries } from "./entry-list.ts";
import { fileAt } from "./source-file.ts";

vi.mock("./entry-list.ts", { spy: true });
afterEach(() => vi.unstubAllGlobals());

test("a file of a few long entries is looked through a few times while its many parts arrive", async () => {
  const bytes = new TextEncoder().encode(JSON.stringify([{ id: "a", text: "long ".repeat(20_000) }]));
  const body = new ReadableStream({
    start(stream) {
      for (let at = 0; at < bytes.length; at += 100) stream.enqueue(bytes.slice(at, at + 100));
      stream.close();
    },
  });
  vi.stubGlobal("fetch", async () => new Response(body));
  const file = fileAt({ url: "https://site.example/entries.json", signal: new AbortController().signal });
  expect(await file.first(2)).toEqual([]);
  expect(vi.mocked(firstEntries).mock.calls.length).toBeGreaterThan(5);
  expect(vi.mocked(firstEntries).mock.calls.length).toBeLessThan(30);
});
