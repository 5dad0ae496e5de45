import { MINILM_SPACE } from "@pipit/core";
import { shippedFile } from "@pipit/test/fixtures/shipped-starter";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OpenRequest } from "./protocol.ts";
import { createStarterLoader } from "./starter-loader.ts";

const URL = "https://site.example/starter.pipit";
const file = shippedFile();
/** All caches of the site, by name and address. */
let shelves: Map<string, Map<string, Uint8Array<ArrayBuffer>>>;

beforeEach(() => {
  shelves = new Map();
  vi.stubGlobal("caches", {
    async open(name: string) {
      const shelf = shelves.get(name) ?? new Map();
      shelves.set(name, shelf);
      return { put: async (url: string, response: Response) => void shelf.set(url, await bytesOf(response)) };
    },
    async match(url: string, { ignoreSearch }: CacheQueryOptions) {
      const all = [...shelves.values()].flatMap((shelf) => [...shelf]);
      const found = all.find(([key]) => (ignoreSearch ? key.split("?")[0] : key) === url);
      return found && new Response(found[1]);
    },
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const serve = (answer: () => Promise<Response>) => vi.stubGlobal("fetch", answer);
const load = () => createStarterLoader(MINILM_SPACE)({ starterUrl: URL } as OpenRequest);
const kept = () => [...shelves].map(([name, shelf]) => [name, [...shelf.keys()]]);

test.each([
  ["without a network", () => Promise.reject(new TypeError("offline"))],
  ["that is not served any more", async () => new Response("", { status: 404 })],
])("a starter %s is that of the last visit", async (_, answer) => {
  serve(async () => new Response(file));
  await load();
  await expect.poll(kept).toEqual([["pipit-starter-1", [URL]]]);
  serve(answer);
  expect((await load()).embedder.space.id).toBe(MINILM_SPACE.id);
});

test("a first visit without it says what is missing", async () => {
  serve(async () => new Response("", { status: 404 }));
  await expect(load()).rejects.toMatchObject({ code: "model-unavailable", got: `HTTP 404 for the starter at ${URL}` });
});

test("a kept file that cannot be opened counts as none", async () => {
  shelves.set("pipit-starter-1", new Map([[URL, file.slice(0, 1000)]]));
  serve(() => Promise.reject(new TypeError("offline")));
  await expect(load()).rejects.toMatchObject({ code: "model-unavailable", got: expect.stringContaining("offline") });
});

test("a file that another cache has is not kept twice, a newer one takes the place of the former", async () => {
  serve(async () => new Response(file));
  shelves.set("of the service worker", new Map([[`${URL}?revision=1`, file.slice()]]));
  await load();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(kept()).toEqual([["of the service worker", [`${URL}?revision=1`]]]);
  shelves.set("of the service worker", new Map([[`${URL}?revision=1`, file.map((byte) => 255 - byte)]]));
  await load();
  await expect.poll(() => kept().length).toBe(2);
});

test("a damaged file is not kept", async () => {
  serve(async () => new Response(file.slice(0, 1000)));
  await expect(load()).rejects.toMatchObject({ code: "bad-model" });
  expect(kept()).toEqual([]);
});

test.each([
  ["are missing", undefined],
  ["are refused", { match: () => Promise.reject(new DOMException("no", "SecurityError")) }],
])("where caches %s, the starter is opened all the same", async (_, caches) => {
  vi.stubGlobal("caches", caches);
  serve(async () => new Response(file));
  expect((await load()).backend).toBe("js");
  serve(() => Promise.reject(new TypeError("offline")));
  await expect(load()).rejects.toMatchObject({ code: "model-unavailable" });
});
