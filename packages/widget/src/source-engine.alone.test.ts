import type { TabOptions } from "@pipit/browser";
import {
  type AddOptions,
  type AddProgress,
  createEngine,
  createMemoryStore,
  type Entry,
  exactIndex,
  openCollection,
  PipitError,
  type SearchEngine,
  type SearchOptions,
  type SearchResult,
} from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSource } from "./source-engine.ts";

const FILE = "https://site.example/entries.json";
const NO_STARTER = new PipitError("model-unavailable", { got: "HTTP 504", expected: "the file", do: "Serve it." });
const FULL = new PipitError("storage-full", { got: "no room", expected: "room", do: "Free some." });

/** The data that a browser keeps between visits, and the writes of the visits. */
let kept: { device: Engine; files: Map<string, string> };
let opened: { storage: TabOptions["storage"]; closed: boolean }[];
let names: Set<string>;
let added: string[][];
/** True while the starter cannot be had. */
let isOffline: boolean;
/** Settles when the starter is there. */
let starter: Promise<void>;
/** Called before entries are written to the device. */
let writing: (entries: readonly Entry[], engine: Engine) => Promise<unknown>;

type Engine = Awaited<ReturnType<typeof engineInMemory>>;

async function engineInMemory() {
  const collection = await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex });
  return createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "the test has it" });
}

vi.mock("@pipit/browser", async (actual) => ({
  usableLocks: (await actual<typeof import("@pipit/browser")>()).usableLocks,
  explained: <T>(work: () => Promise<T>) => work(),
  async openTabEngine({ name, storage }: TabOptions) {
    names.add(name);
    const engine = storage === "memory" ? await engineInMemory() : kept.device;
    const visit = { storage, closed: false };
    opened.push(visit);
    return {
      ids: () => engine.ids(),
      stats: () => engine.stats(),
      remove: (ids: string[]) => engine.remove(ids),
      search: (query: string, asked: SearchOptions = {}) => {
        return isOffline && asked.ranking !== "words" ? Promise.reject(NO_STARTER) : engine.search(query, asked);
      },
      async add(entries: readonly Entry[], asked: AddOptions) {
        if (isOffline && asked.meaning !== "later") throw NO_STARTER;
        if (storage !== "memory") await writing(entries, engine);
        const summary = await engine.add(entries, asked);
        added.push(entries.map(({ id }) => id));
        return summary;
      },
      complete: (asked: AddOptions) => engine.complete(asked),
      whole: () => (isOffline ? Promise.reject(NO_STARTER) : starter.then(() => engine.whole())),
      async close() {
        visit.closed = true;
      },
    };
  },
}));

function cacheOf(files: Map<string, string>) {
  return {
    match: async (url: string) => (files.has(url) ? new Response(files.get(url)) : undefined),
    put: async (url: string, response: Response) => void files.set(url, await response.text()),
    delete: async (url: string) => files.delete(url),
  };
}

/** The locks of all tabs: a request waits for the requests before it. */
function locksOfTabs() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    query: async () => ({}),
    request(_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<unknown>) {
      const given = new Promise<void>((_, refuse) => signal.addEventListener("abort", () => refuse(signal.reason)));
      const done = Promise.race([last, given]).then(work);
      last = Promise.all([last, done]).catch(() => undefined);
      return done;
    },
  };
}

beforeEach(async () => {
  kept = { device: await engineInMemory(), files: new Map() };
  [opened, names, added, writing] = [[], new Set(), [], async () => undefined];
  isOffline = false;
  starter = Promise.resolve();
  vi.stubGlobal("caches", { open: async () => cacheOf(kept.files) });
  vi.stubGlobal("navigator", { locks: locksOfTabs() });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const robin = { id: "robin", text: "A red breast." };
const owl = { id: "owl", text: "Hunts at dusk." };
const whiteOwl = { id: "owl", text: "White as snow." };

const nothing = () => undefined;
const { signal } = new AbortController();
const options = { url: FILE, starterUrl: "", onProgress: nothing, onUsable: nothing, signal };

async function visit(...entries: Entry[]) {
  vi.stubGlobal("fetch", async () => Response.json(entries));
  return openSource(options);
}

async function textOf(engine: Awaited<ReturnType<typeof visit>>, query: string) {
  return (await engine.search(query)).hits[0]?.entry.text;
}

test("a later visit stores what changed, and nothing where nothing did", async () => {
  await visit(robin, owl);
  await visit(robin, owl);
  await visit(robin, whiteOwl);
  expect(added).toEqual([["robin", "owl"], ["owl"]]);
});

test("a later visit removes what the file holds no more", async () => {
  await visit(robin, owl);
  expect((await (await visit(robin)).search("owl hunts dusk")).hits.map(({ id }) => id)).not.toContain("owl");
});

/** Begins a visit that waits before it writes; `goOn` continues it. */
async function visitThatWaits(...entries: Entry[]) {
  const [began, going] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  writing = () => {
    writing = async () => undefined;
    began.resolve();
    return going.promise;
  };
  const visiting = visit(...entries);
  await began.promise;
  return { visiting, goOn: going.resolve };
}

test("without the starter a later visit answers by words, also for what the file has new, and by meaning when it can be had", async () => {
  await visit(robin, owl);
  isOffline = true;
  const engine = await visit(robin, whiteOwl);
  const cosines = async () =>
    (await engine.search("white owl", {})).hits.map(({ id, evidence }) => [id, evidence.cosine]);
  expect(await cosines()).toEqual([["owl", undefined]]);
  expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("by their words alone"), NO_STARTER);
  isOffline = false;
  const { hits } = await engine.search("red breast", {});
  expect(hits.find(({ id }) => id === "robin")?.evidence.cosine).toBeGreaterThan(0);
});

test("without the starter a first visit answers by words, and the next one embeds its entries", async () => {
  isOffline = true;
  expect(await textOf(await visit(robin, owl), "hunts dusk")).toBe(owl.text);
  expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("by their words alone"), NO_STARTER);
  isOffline = false;
  await visit(robin, owl);
  expect((await kept.device.stats()).wordsOnly).toBe(0);
  expect(added).toEqual([["robin", "owl"]]);
});

test("few entries are found by their words while the starter is on its way, and by meaning then", async () => {
  const arrived = Promise.withResolvers<void>();
  starter = arrived.promise;
  vi.stubGlobal("fetch", async () => Response.json([robin, owl]));
  const usable = Promise.withResolvers<SearchEngine>();
  const opening = openSource({ ...options, onUsable: usable.resolve });
  expect((await (await usable.promise).search("dusk")).hits[0]).toMatchObject({ id: "owl", match: "words" });
  expect([...kept.files.keys()]).toEqual([FILE]);
  arrived.resolve();
  expect((await (await opening).search("dusk")).hits[0]?.evidence.cosine).toBeGreaterThan(0);
});

test("two tabs that have two versions of the file leave the later one's entries only", async () => {
  const first = await visitThatWaits(robin, owl);
  const second = visit(robin, whiteOwl);
  first.goOn();
  await Promise.all([first.visiting, second]);
  expect(added).toEqual([["robin", "owl"], ["owl"]]);
  await visit(robin, whiteOwl);
  expect(added).toHaveLength(2);
});

test("a visit that is given up while another tab stores entries waits no longer", async () => {
  const first = await visitThatWaits(robin, owl);
  const leaving = new AbortController();
  const second = openSource({ ...options, signal: leaving.signal });
  setTimeout(() => leaving.abort());
  await expect(second).rejects.toMatchObject({ code: "aborted" });
  first.goOn();
  await first.visiting;
  expect(added).toEqual([["robin", "owl"]]);
});

test.each([
  ["are missing", {}],
  ["are refused", { locks: { query: () => Promise.reject(new DOMException("no", "SecurityError")) } }],
])("where locks %s, a visit stores its entries all the same", async (_, navigator) => {
  vi.stubGlobal("navigator", navigator);
  await visit(robin);
  expect(added).toEqual([["robin"]]);
});

test("addresses of one file that differ in their fragment share what is stored", async () => {
  for (const fragment of ["#one", "#two", "#"]) {
    vi.stubGlobal("fetch", async () => Response.json([robin]));
    await openSource({ ...options, url: FILE + fragment });
  }
  expect([[...names], added]).toEqual([[`pipit-search ${FILE}`], [["robin"]]]);
});

test("a visit that was interrupted is made good by the next, though the file is again what it was before", async () => {
  await visit(robin, owl);
  writing = async (entries, engine) => {
    await engine.add(entries);
    throw new Error("the page was closed");
  };
  await expect(visit(robin, whiteOwl)).rejects.toThrow("the page was closed");
  writing = async () => undefined;
  expect(await textOf(await visit(robin, owl), "owl hunts dusk")).toBe(owl.text);
});

test("a visit that is given up stores no more, closes its engine, and is made good by the next", async () => {
  const leaving = new AbortController();
  writing = async () => leaving.abort();
  vi.stubGlobal("fetch", async () => Response.json([robin, owl]));
  await expect(openSource({ ...options, signal: leaving.signal })).rejects.toMatchObject({ code: "aborted" });
  expect([added, opened]).toEqual([[], [{ storage: "device", closed: true }]]);
  writing = async () => undefined;
  expect(await textOf(await visit(robin, owl), "owl hunts dusk")).toBe(owl.text);
});

test("a file that is still being fetched is given up", async () => {
  const leaving = new AbortController();
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
    leaving.abort();
    return Promise.reject(signal?.reason);
  });
  await expect(openSource({ ...options, signal: leaving.signal })).rejects.toMatchObject({ code: "aborted" });
});

test("an incomplete file is reported as such", async () => {
  const body = () => new ReadableStream({ start: (stream) => stream.error(new TypeError("network")) });
  vi.stubGlobal("fetch", async () => new Response(body()));
  await expect(openSource(options)).rejects.toMatchObject({
    code: "remote-failed",
    got: `half an answer from ${FILE}`,
  });
});

test("entries held in memory do not count as stored at the next visit", async () => {
  await visit(robin, owl);
  writing = () => Promise.reject(FULL);
  expect(await textOf(await visit(robin, whiteOwl), "white snow")).toBe(whiteOwl.text);
  writing = async () => undefined;
  expect(await textOf(await visit(robin, whiteOwl), "white snow")).toBe(whiteOwl.text);
  expect(opened.map(({ storage }) => storage)).toEqual(["device", "device", "memory", "device"]);
});

test("an engine that could not be filled is closed, and only one without room is followed by one in memory", async () => {
  writing = () => Promise.reject(FULL);
  await visit(robin);
  expect(opened).toEqual([
    { storage: "device", closed: true },
    { storage: "memory", closed: false },
  ]);
  opened = [];
  writing = () => Promise.reject(new Error("no worker"));
  await expect(visit(robin)).rejects.toThrow("no worker");
  expect(opened).toEqual([{ storage: "device", closed: true }]);
});

test.each([
  ["may not be used", { open: () => Promise.reject(new DOMException("no", "SecurityError")) }],
  ["is not there", undefined],
  ["is full", { open: async () => ({ ...cacheOf(new Map()), put: () => Promise.reject(new DOMException("full")) }) }],
])("where the cache for the file %s, every visit stores all entries", async (_, caches) => {
  vi.stubGlobal("caches", caches);
  await visit(robin);
  expect(await textOf(await visit(robin), "red breast")).toBe(robin.text);
  expect(added).toEqual([["robin"], ["robin"]]);
});

test.each([
  ["of another origin that does not answer", "https://page.example", 0, /no answer from .* served\. .*Allow-Origin/],
  ["of the page's own origin that does not answer", "https://site.example", 0, /no answer from .* served\.$/],
  ["in a sandboxed frame", "null", 0, /no answer from .* served\. .*Allow-Origin/],
  ["that is missing", "https://page.example", 404, /status 404 from .* served\.$/],
])("the advice to the site's owner for a file %s", async (_, origin, status, words) => {
  vi.stubGlobal("origin", origin);
  vi.stubGlobal("fetch", async () => (status ? new Response("[]", { status }) : Promise.reject(new TypeError("no"))));
  const failure = openSource(options);
  await expect(failure).rejects.toMatchObject({ code: "remote-failed", message: expect.stringMatching(words) });
});

test("of many entries the first are found by their words while others are stored, and all by meaning at the end", async () => {
  const [usable, stages]: [SearchEngine[], Set<string>] = [[], new Set()];
  const many = Array.from({ length: 1500 }, (_, i) => ({ id: `n${i}`, text: `note number ${i}` }));
  vi.stubGlobal("fetch", async () => Response.json([...many, owl]));
  let found: Promise<SearchResult> | undefined;
  const engine = await openSource({
    ...options,
    onProgress: ({ stage }) => void stages.add(stage),
    onUsable(engine) {
      usable.push(engine);
      found ??= engine.search("note number 7");
    },
  });
  expect((await found)?.hits[0]).toMatchObject({ id: "n7", match: "words" });
  expect([...stages]).toEqual(["words", "meaning"]);
  expect((await engine.search("dusk")).hits[0]?.evidence.cosine).toBeGreaterThan(0);
});

test("few entries are all there, with their vectors, before the first answer", async () => {
  const found: Promise<SearchResult>[] = [];
  vi.stubGlobal("fetch", async () => Response.json([robin, owl]));
  await openSource({ ...options, onUsable: (engine) => void found.push(engine.search("hunts at night")) });
  const [first] = await Promise.all(found);
  expect(first?.hits.map(({ id, match }) => [id, match])).toEqual([
    ["owl", undefined],
    ["robin", undefined],
  ]);
});

test("a later visit answers from the former one if the file takes long, and then from the file", async () => {
  await visit(robin, owl);
  const file = Promise.withResolvers<Response>();
  vi.stubGlobal("fetch", () => file.promise);
  const usable = Promise.withResolvers<SearchEngine>();
  const opening = openSource({ ...options, onUsable: usable.resolve });
  expect((await (await usable.promise).search("dusk")).hits[0]?.entry.text).toBe(owl.text);
  file.resolve(Response.json([robin, whiteOwl]));
  expect(await textOf(await opening, "white snow")).toBe(whiteOwl.text);
});

test("many entries of a former visit answer before the file is there, and an unchanged file is not even parsed", async () => {
  const many = Array.from({ length: 1500 }, (_, i) => ({ id: `n${i}`, text: `note number ${i}` }));
  await visit(...many);
  added = [];
  const file = Promise.withResolvers<Response>();
  vi.stubGlobal("fetch", () => file.promise);
  const usable = Promise.withResolvers<SearchEngine>();
  const waits = vi.spyOn(globalThis, "setTimeout");
  const opening = openSource({ ...options, onUsable: usable.resolve });
  await usable.promise;
  // The file of fewer entries is waited for as long.
  expect(waits.mock.calls.map(([, milliseconds]) => milliseconds)).not.toContain(300);
  const parse = vi.spyOn(JSON, "parse");
  file.resolve(Response.json(many));
  await opening;
  expect(parse).not.toHaveBeenCalled();
  expect(added).toEqual([]);
});

test.each([
  ["is not to be had", () => Promise.reject(new TypeError("offline"))],
  ["is missing", async () => new Response("", { status: 404 })],
  ["is no list", async () => Response.json({})],
])(
  "if the file %s at a later visit, the entries of the former one answer, and the console says so",
  async (_, fetch) => {
    await visit(robin, owl);
    vi.stubGlobal("fetch", fetch);
    expect(await textOf(await openSource(options), "hunts dusk")).toBe(owl.text);
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("those of the last visit"), expect.anything());
  },
);

test("entries that a former visit did not embed are embedded by the next", async () => {
  await kept.device.add([robin], { meaning: "later" });
  kept.files.set(FILE, JSON.stringify([robin]));
  await visit(robin);
  expect((await kept.device.stats()).wordsOnly).toBe(0);
  expect(added).toEqual([]);
});

/** A file of 400 entries whose first half has arrived. */
function arriving(rest: Entry[] = [owl]) {
  const text = JSON.stringify([
    ...Array.from({ length: 400 }, (_, i) => ({ id: `n${i}`, text: `note ${i}` })),
    ...rest,
  ]);
  const half = text.indexOf('{"id":"n300"');
  let stream!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      stream = controller;
      stream.enqueue(new TextEncoder().encode(text.slice(0, half)));
    },
  });
  const more = (given: string) => {
    stream.enqueue(new TextEncoder().encode(given));
    stream.close();
  };
  return {
    response: new Response(body),
    text,
    finish: () => more(text.slice(half)),
    more,
    fail: () => stream.error(new TypeError("network")),
  };
}

/** A first visit that has found its first entries. */
async function visitBegun(...responses: Response[]) {
  vi.stubGlobal("fetch", async () => responses.shift());
  const usable = Promise.withResolvers<SearchEngine>();
  const told: (number | undefined)[][] = [];
  const onProgress = ({ done, total }: AddProgress) => void told.push([done, total]);
  const opening = openSource({ ...options, onUsable: usable.resolve, onProgress });
  opening.catch(() => undefined);
  return { opening, first: await usable.promise, told };
}

test("the first entries of a file are found while the rest of it arrives, and are stored once", async () => {
  const file = arriving();
  const { opening, first, told } = await visitBegun(file.response);
  expect((await first.search("note 7")).hits[0]).toMatchObject({ id: "n7", match: "words" });
  expect((await first.search("owl dusk")).hits.map(({ id }) => id)).not.toContain("owl");
  file.finish();
  expect(await textOf(await opening, "hunts dusk")).toBe(owl.text);
  expect(added.map((ids) => ids.length)).toEqual([250, 151]);
  expect(told.slice(0, 2)).toEqual([
    [250, undefined],
    [expect.any(Number), 401],
  ]);
  expect([...kept.files.values()]).toEqual([file.text]);
});

test("an entry that the rest of the file gives again is that of the rest", async () => {
  const again = { id: "n7", text: "seven swans a-swimming" };
  const file = arriving([again]);
  const { opening } = await visitBegun(file.response);
  file.finish();
  expect(await textOf(await opening, "seven swans")).toBe(again.text);
});

test("of a file whose rest is no list nothing stays", async () => {
  const file = arriving();
  const { opening } = await visitBegun(file.response);
  file.more("<html>");
  await expect(opening).rejects.toMatchObject({ code: "bad-input", got: `text that is not JSON at ${FILE}` });
  expect(await kept.device.ids()).toEqual([]);
  expect(kept.files.size).toBe(0);
});

test("a file that breaks off after its first entries is requested again", async () => {
  const [file, again] = [arriving(), arriving()];
  const { opening } = await visitBegun(file.response, again.response);
  file.fail();
  again.finish();
  expect(await textOf(await opening, "hunts dusk")).toBe(owl.text);
});

test("the first entries are not stored over those of another tab that has stored the file", async () => {
  const file = arriving();
  const other = await visitThatWaits(robin, { id: "n7", text: "the other tab's" });
  vi.stubGlobal("fetch", async () => file.response);
  const opening = openSource(options);
  other.goOn();
  await other.visiting;
  file.finish();
  await opening;
  expect(added.map((ids) => ids.length)).toEqual([2, 401]);
});
