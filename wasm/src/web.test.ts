import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";

const fetched: string[] = [];

function serve(answer: (file: Uint8Array<ArrayBuffer>) => Response): void {
  vi.stubGlobal("fetch", async (url: URL) => {
    fetched.push(url.pathname.split("/").at(-1)!);
    return answer(new Uint8Array(await readFile(url)));
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
  fetched.length = 0;
});

async function load() {
  return (await import("./web.ts")).loadHnswIndex();
}

async function loadExact() {
  return (await import("./web.ts")).loadExactIndex({ format: "f16" });
}

test.each(["application/wasm", "application/octet-stream"])("loads a module served as %s", async (type) => {
  serve((file) => new Response(file, { headers: { "content-type": type } }));
  expect((await (await load()).create(4)).stats().count).toBe(0);
});

test("fetches one module once, the relaxed one where it runs", async () => {
  serve((file) => new Response(file));
  await Promise.all([load(), load()]);
  expect(fetched).toEqual(["search-relaxed.wasm"]);
});

test("fetches the module of the scan only when a scan is asked for", async () => {
  serve((file) => new Response(file));
  expect((await (await loadExact()).create(4)).stats()).toMatchObject({ kind: "exact-f16", count: 0 });
  await Promise.all([loadExact(), loadExact()]);
  expect(fetched).toEqual(["exact-relaxed.wasm"]);
  await load();
  expect(fetched).toEqual(["exact-relaxed.wasm", "search-relaxed.wasm"]);
});

test("says what a host answered, and lets the caller try again", async () => {
  serve(() => new Response("gone", { status: 404 }));
  await expect(load()).rejects.toMatchObject({ code: "model-unavailable", got: expect.stringContaining("404") });
  serve((file) => new Response(file));
  expect((await load()).name).toBe("hnsw-int8");
});
