import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cachedSource, fastestBuild, keptFile } from "./model-cache.ts";

const PLACE = "https://app.example/models";
const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** Files of the origin by path, and the paths that were requested. */
let served: Record<string, () => Response>;
let asked: string[];
let files: FakeCache;
/** A promise that settles before each write to the cache. */
let beforePut: () => Promise<void>;

class FakeCache {
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();

  async match(url: string): Promise<Response | undefined> {
    const bytes = this.kept.get(url);
    return bytes && new Response(bytes);
  }

  async put(url: string, response: Response): Promise<void> {
    const bytes = new Uint8Array(await response.arrayBuffer());
    await beforePut();
    this.kept.set(url, bytes);
  }

  async delete(url: string): Promise<boolean> {
    return this.kept.delete(url);
  }
}

const file = (body: string, init?: ResponseInit) => () => new Response(body, init);
const listing = (sizes: Record<string, number | null>) =>
  file(JSON.stringify({ format: "pipit-model-files", version: 1, files: sizes }));

beforeEach(() => {
  [served, asked, files, beforePut] = [{}, [], new FakeCache(), async () => {}];
  vi.stubGlobal("location", new URL("https://app.example/page"));
  vi.stubGlobal("caches", { open: async () => files });
  vi.stubGlobal("fetch", async (url: string) => {
    const path = url.slice(PLACE.length + 1);
    asked.push(path);
    return served[path]?.() ?? new Response("", { status: 404 });
  });
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Reads as a new visit does. */
async function read(path: string): Promise<string | undefined> {
  return text(await cachedSource("models/").read(path, {}));
}

test("a file is fetched once, and read from this device at the next visit, without network", async () => {
  served["a.bin"] = file("weights");
  expect(await read("a.bin")).toBe("weights");
  await vi.waitFor(() => expect(files.kept.has(`${PLACE}/a.bin`)).toBe(true));
  asked = [];
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect(await read("a.bin")).toBe("weights");
  expect(asked).toEqual([]);
});

test("a large file, whose download could be resumed, is kept whole", async () => {
  const body = "weights ".repeat(400_000);
  const headers = { etag: '"one"', "content-length": String(body.length) };
  served["large.bin"] = file(body, { headers });
  expect(await read("large.bin")).toBe(body);
  await vi.waitFor(() => expect(text(files.kept.get(`${PLACE}/large.bin`))).toBe(body));
});

test.each([
  [
    "the page that a server of an app answers unknown paths with",
    file("<!doctype html>", { headers: { "content-type": "text/html" } }),
  ],
  ["an error", file("busy", { status: 503 })],
  ["a missing file", file("", { status: 404 })],
])("%s is not kept", async (_, answer) => {
  served["a.bin"] = answer;
  await read("a.bin").catch(() => undefined);
  await new Promise((later) => setTimeout(later));
  expect([...files.kept.keys()]).toEqual([]);
});

test("a file that was refused is gone, also if its write ends later", async () => {
  let write = () => {};
  beforePut = () => new Promise((resolve) => (write = resolve));
  served["a.bin"] = file("wrong bytes");
  const source = cachedSource(PLACE);
  await source.read("a.bin", {});
  const refused = source.refuse!("a.bin");
  await new Promise((later) => setTimeout(later));
  write();
  await refused;
  expect([...files.kept.keys()]).toEqual([]);
});

test("a file that the listing names as missing is not requested; a stored one is read without it", async () => {
  served["files.json"] = listing({ "a.bin": 7, "gone.bin": null });
  served["a.bin"] = file("weights");
  expect([await read("gone.bin"), await read("a.bin")]).toEqual([undefined, "weights"]);
  expect(asked).not.toContain("gone.bin");
  await vi.waitFor(() => expect(files.kept.has(`${PLACE}/a.bin`)).toBe(true));
  served["files.json"] = listing({ "a.bin": null, "gone.bin": null });
  const source = cachedSource(PLACE);
  expect([await source.read("gone.bin", {}), text(await source.read("a.bin", {}))]).toEqual([undefined, "weights"]);
});

test("the listing is fetched once for all files of a visit", async () => {
  const source = cachedSource(PLACE);
  for (const path of ["a.bin", "b.bin"]) await source.read(path, {});
  expect(asked).toEqual(["files.json", "a.bin", "b.bin"]);
});

test("an abort ends the fetch of the listing and of the file", async () => {
  const { signal } = new AbortController();
  const signals: unknown[] = [];
  vi.stubGlobal("fetch", async (_url: string, init?: RequestInit) => {
    signals.push(init?.signal);
    return new Response("weights");
  });
  await cachedSource(PLACE).read("a.bin", { signal });
  expect(signals).toEqual([signal, signal]);
});

test("offline, the last listing counts; a page in its place is not kept", async () => {
  served["files.json"] = listing({ "gone.bin": null });
  await read("gone.bin");
  await vi.waitFor(() => expect(files.kept.size).toBe(1));
  served["files.json"] = file("<!doctype html>", { headers: { "content-type": "text/html" } });
  await read("other.bin");
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
  expect(await read("gone.bin")).toBeUndefined();
  await expect(read("other.bin")).rejects.toThrow("offline");
});

const BLOCKED: readonly [string, PropertyDescriptor][] = [
  ["is missing, as on plain http", { value: undefined }],
  ["refuses to open", { value: { open: () => Promise.reject(new DOMException("denied", "SecurityError")) } }],
  [
    "throws when it is read, as in a sandboxed frame",
    {
      get() {
        throw new DOMException("the context is sandboxed", "SecurityError");
      },
    },
  ],
];

test.each(BLOCKED)("where Cache Storage %s, files are fetched at each visit", async (_, property) => {
  Object.defineProperty(globalThis, "caches", { ...property, configurable: true });
  served["files.json"] = listing({ "gone.bin": null });
  served["a.bin"] = file("weights");
  expect(await read("gone.bin")).toBeUndefined();
  expect(asked).toEqual(["files.json"]);
  expect([await read("a.bin"), await read("a.bin")]).toEqual(["weights", "weights"]);
  await cachedSource(PLACE).refuse!("a.bin");
  const made = keptFile(PLACE, "packed");
  await made.write(new Uint8Array(3));
  expect(await made.read()).toBeUndefined();
  await made.drop();
  await fastestBuild.write("simd");
  expect(await fastestBuild.read()).toBeUndefined();
});

test("without room, a file is read and the console says that it is not kept", async () => {
  beforePut = () => Promise.reject(new DOMException("no room", "QuotaExceededError"));
  served["a.bin"] = file("weights");
  expect(await read("a.bin")).toBe("weights");
  await keptFile(PLACE, "packed").write(new Uint8Array(3));
  await vi.waitFor(() => expect(console.warn).toHaveBeenCalledTimes(2));
  expect(files.kept.size).toBe(0);
});

test("a file that was made here is kept beside fetched ones until it is dropped", async () => {
  const made = keptFile("models/", "packed");
  await made.write(new TextEncoder().encode("packed weights"));
  expect(text(await keptFile(PLACE, "packed").read())).toBe("packed weights");
  expect(await keptFile("https://app.example/other", "packed").read()).toBeUndefined();
  await made.drop();
  expect(await made.read()).toBeUndefined();
});

test("the fastest build is remembered for this browser alone: an update may bring new instructions", async () => {
  vi.stubGlobal("navigator", { userAgent: "one" });
  await fastestBuild.write("simd");
  expect(await fastestBuild.read()).toBe("simd");
  vi.stubGlobal("navigator", { userAgent: "two" });
  expect(await fastestBuild.read()).toBeUndefined();
});
