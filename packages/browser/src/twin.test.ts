import "fake-indexeddb/auto";
import { AbortedError, type Embedder, type EmbedderChoice, exactIndex, PipitError } from "@pipit/core";
import { expose } from "comlink";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { searchEngineContract } from "../../../test/contracts/search-engine.ts";
import { createBagEmbedder } from "../../../test/fixtures/bag-embedder.ts";
import { giveUp } from "./give-up.ts";
import type { HostThread } from "./host-thread.ts";
import { carryErrorsWhole, type OpenRequest } from "./protocol.ts";
import type { Limit } from "./tab-engine.ts";
import { type HostParts, TabHost } from "./tab-host.ts";
import { TabWorker } from "./tab-worker.ts";
import { Twin } from "./twin.ts";
import { WorkerLife } from "./worker-life.ts";

/** Aborts that reached the model, and what slow texts wait for. */
let model: { embedder: Embedder; reached: number; aborted: number; slow: Promise<void> };
let parts: { -readonly [part in keyof HostParts]: HostParts[part] };
let threads: { readonly host: TabHost; die(): void; ended: boolean }[];
let startLimit: Limit | undefined;
let told: Limit[];
let engines: Twin[];
let names = 0;

function slowEmbedder(name = "bag"): Embedder {
  const bag = createBagEmbedder({ name });
  return {
    ...bag,
    async embed(pieces, options = {}) {
      const { signal } = options;
      if (pieces.some(({ text }) => text.includes("slow"))) {
        model.reached++;
        await new Promise<void>((resolve, reject) => {
          model.slow.then(resolve, reject);
          signal?.addEventListener("abort", () => {
            model.aborted++;
            reject(new AbortedError());
          });
        });
      }
      return bag.embed(pieces, options);
    },
  };
}

const choice = (embedder: Embedder, why = "the test has it"): EmbedderChoice => ({ embedder, backend: "js", why });

/** A host in this process, behind a message channel as a worker is. Its death ends the channel without a word. */
function startThread(): HostThread {
  const { port1, port2 } = new MessageChannel();
  const host = new TabHost(parts);
  expose(host, port2);
  const die = () => {
    port2.close();
    void host.end();
  };
  const thread = { host, die, ended: false };
  threads.push(thread);
  return {
    endpoint: port1 as unknown as HostThread["endpoint"],
    end() {
      thread.ended = true;
      die();
    },
  };
}

function newWorker(): TabWorker {
  return new TabWorker(async () => {
    const life = new WorkerLife(startThread());
    await life.start();
    return { life, ...(startLimit && { limit: startLimit }) };
  });
}

function twinOf(worker: TabWorker, request: Partial<OpenRequest> = {}): Twin {
  const wanted: OpenRequest = { name: `twin-${++names}`, starterUrl: "", ...request };
  const twin = new Twin({ worker, request: wanted, onLimit: (limit) => void told.push(limit) });
  engines.push(twin);
  return twin;
}

async function opened(request: Partial<OpenRequest> = {}, worker = newWorker()): Promise<Twin> {
  const twin = twinOf(worker, request);
  await twin.open();
  return twin;
}

const refused = (error: unknown) => (error as PipitError).code;
const soon = <T>(claim: () => T) => vi.waitFor(claim, { interval: 1 });
const reached = (times = 1) => soon(() => expect(model.reached).toBe(times));
const later = () => new Promise((resolve) => setTimeout(resolve));

/** Ends the first worker, and returns once the page knows. */
async function death(): Promise<void> {
  threads[0]!.die();
  await soon(() => expect(threads[0]!.ended).toBe(true));
}

beforeAll(() => {
  carryErrorsWhole();
  // Node's global object is no target of events; without a policy none come.
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});

beforeEach(() => {
  [threads, told, engines, startLimit] = [[], [], [], undefined];
  model = { embedder: slowEmbedder(), reached: 0, aborted: 0, slow: new Promise(() => undefined) };
  parts = {
    first: async () => choice(model.embedder),
    better: async () => ({ none: "this host has one model" }),
    index: async () => exactIndex,
  };
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const engine of engines) await engine.close().catch(() => undefined);
});

searchEngineContract("behind a message channel, over IndexedDB in memory", () => opened());
searchEngineContract("behind a message channel, in memory", () => opened({ storage: "memory" }));

const OWL = { id: "owl", text: "a night hunter" };

describe("a worker that dies", () => {
  test("rejects every pending call, and the next one finds all that was stored", async () => {
    const engine = await opened();
    await engine.add([OWL]);
    const pending = [engine.search("slow"), engine.embed(["slow"]), engine.add([{ id: "lark", text: "slow" }])];
    await reached(3);
    threads[0]!.die();
    for (const call of pending) expect(await call.catch(refused)).toBe("worker-died");
    expect((await engine.search("hunter")).hits.map((hit) => hit.id)).toEqual(["owl"]);
    expect(threads).toHaveLength(2);
  });

  test("tells how much of an add it had reported as stored", async () => {
    const engine = await opened();
    async function* entries() {
      for (let i = 0; i < 600; i++) yield { id: `${i}`, text: `note ${i}` };
      yield { id: "last", text: "slow" };
    }
    let reported = 0;
    const adding = engine.add(entries(), {
      onProgress({ done }) {
        reported = done;
        threads[0]!.die();
      },
    });
    const error = await adding.catch((failure) => failure);
    expect([error.code, error.stored]).toEqual(["worker-died", reported]);
    expect(reported).toBeGreaterThan(0);
    expect((await engine.stats()).entries).toBeGreaterThanOrEqual(reported);
  });

  test("does not say how much of an add is stored where it had reported nothing", async () => {
    const engine = await opened();
    const adding = engine.add([{ id: "a", text: "slow" }]).catch((failure) => failure);
    await reached();
    threads[0]!.die();
    expect(await adding).toMatchObject({ code: "worker-died", stored: undefined });
  });

  test("with entries in memory, is an error until the collection is opened again", async () => {
    const engine = await opened({ storage: "memory" });
    await engine.add([OWL]);
    threads[0]!.die();
    await soon(async () => expect(await engine.stats().catch(refused)).toBe("storage-failed"));
    expect(await engine.search("hunter").catch(refused)).toBe("storage-failed");
    expect(threads).toHaveLength(1);
  });

  const denied = (name: string) => () => {
    throw new DOMException("denied", name);
  };
  const blocked = () => vi.spyOn(IDBFactory.prototype, "open").mockImplementation(denied("SecurityError"));
  const full = () => vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(denied("QuotaExceededError"));

  test.each([
    ["site data is blocked", blocked],
    ["there is no room at all", full],
  ])("with entries in memory because %s, is one too", async (_, refuse) => {
    const refusing = refuse();
    const engine = await opened();
    refusing.mockRestore();
    await engine.add([OWL]);
    expect(engine.limits.map(({ what }) => what)).toEqual(["storage"]);
    await death();
    expect(await engine.stats().catch(refused)).toBe("storage-failed");
  });

  test("is followed by one that loads the adopted model again", async () => {
    parts.better = async () => choice(slowEmbedder("better"), "it is better");
    const engine = await opened();
    await engine.add([OWL]);
    expect((await engine.search("hunter")).producer).toBe("bag");
    expect(await engine.improve()).toEqual({ adopted: true, why: "it is better" });
    threads[0]!.die();
    await soon(async () => expect((await engine.search("hunter")).producer).toBe("better"));
    expect(threads).toHaveLength(2);
  });

  test("is followed by one with the first model where none was adopted", async () => {
    let loads = 0;
    parts.better = async () => ({ none: `there is none (${++loads})` });
    const engine = await opened();
    expect(await engine.improve()).toEqual({ adopted: false, why: "there is none (1)" });
    threads[0]!.die();
    await soon(async () => expect((await engine.stats()).entries).toBe(0));
    await later();
    expect(loads).toBe(1);
  });
});

describe("an abort", () => {
  test.each([
    ["search", (engine: Twin, signal: AbortSignal) => engine.search("slow", { signal })],
    ["embed", (engine: Twin, signal: AbortSignal) => engine.embed(["slow"], { signal })],
    ["add", (engine: Twin, signal: AbortSignal) => engine.add([{ id: "a", text: "slow" }], { signal })],
  ])("of %s ends the work of the model, and rejects with the caller's reason", async (_, call) => {
    const engine = await opened();
    const controller = new AbortController();
    const result = call(engine, controller.signal);
    await reached();
    controller.abort("enough");
    expect(await result.catch((error) => error)).toMatchObject({
      name: "AbortError",
      code: "aborted",
      cause: "enough",
    });
    expect(model.aborted).toBe(1);
  });

  test("does not hide that the work failed otherwise", async () => {
    const engine = await opened();
    const controller = new AbortController();
    const failure = new PipitError("bad-model", { got: "no memory", expected: "some", do: "Close other tabs." });
    model.slow = new Promise((_, reject) => controller.signal.addEventListener("abort", () => reject(failure)));
    const search = engine.search("slow", { signal: controller.signal });
    await reached();
    controller.abort();
    expect(await search.catch(refused)).toBe("bad-model");
  });

  test("before the call starts no worker", async () => {
    const engine = twinOf(newWorker());
    expect(await engine.search("hunter", { signal: AbortSignal.abort() }).catch(refused)).toBe("aborted");
    expect(threads).toHaveLength(0);
  });

  test("while the collection opens is one, though the opening goes on for others", async () => {
    const engine = twinOf(newWorker());
    const controller = new AbortController();
    const search = engine.search("slow", { signal: controller.signal });
    controller.abort();
    expect(await search.catch(refused)).toBe("aborted");
    expect((await engine.stats()).entries).toBe(0);
  });

  test("after the answer reaches no later call", async () => {
    const engine = await opened();
    const controller = new AbortController();
    await engine.search("hunter", { signal: controller.signal });
    const abort = vi.spyOn(threads[0]!.host, "abort");
    controller.abort();
    await engine.stats();
    expect(abort).not.toHaveBeenCalled();
  });

  test("of an improvement whose model came all the same adopts nothing", async () => {
    const controller = new AbortController();
    parts.better = async (_request, { signal }) => {
      await new Promise((ended) => signal?.addEventListener("abort", ended));
      return choice(slowEmbedder("better"));
    };
    const engine = await opened();
    const improving = engine.improve({ signal: controller.signal });
    await later();
    controller.abort();
    expect(await improving.catch(refused)).toBe("aborted");
    expect((await engine.search("hunter")).producer).toBe("bag");
  });
});

describe("closing", () => {
  test("ends the worker with its last engine, and each engine's collection with itself", async () => {
    const worker = newWorker();
    const [one, two] = [await opened({}, worker), await opened({}, worker)];
    const closed = vi.spyOn(threads[0]!.host, "close");
    await one.close();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(threads[0]!.ended).toBe(false);
    await one.close();
    expect(threads[0]!.ended).toBe(false);
    await two.close();
    expect([closed.mock.calls.length >= 2, threads[0]!.ended, threads.length]).toEqual([true, true, 1]);
  });

  test("refuses later calls, and starts no worker for them", async () => {
    const engine = await opened();
    await engine.close();
    for (const call of [engine.search("a"), engine.stats(), engine.ids(), engine.remove(["a"])]) {
      expect(await call.catch(refused)).toBe("closed");
    }
    expect(threads).toHaveLength(1);
  });

  test("of a host on the page's own thread closes its collections, because that thread goes on", async () => {
    await opened();
    const closed = vi.spyOn(IDBDatabase.prototype, "close");
    await threads[0]!.host.end();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test("after the worker's death resolves at once", async () => {
    const engine = await opened();
    await death();
    await engine.close();
    expect(threads).toHaveLength(1);
  });

  test("before it was opened is none", async () => {
    await twinOf(newWorker()).close();
    expect(threads).toHaveLength(0);
  });

  test("while a new worker starts opens nothing there", async () => {
    const worker = newWorker();
    const [one, other] = [await opened({}, worker), await opened({}, worker)];
    await death();
    const search = one.search("hunter");
    await one.close();
    expect(await search.catch(refused)).toBe("closed");
    const opens = vi.spyOn(threads[1]!.host, "open");
    await other.stats();
    await later();
    expect(opens).toHaveBeenCalledTimes(1);
  });
});

describe("opening", () => {
  test("that failed is tried again by the next call", async () => {
    let tries = 0;
    parts.first = async () => {
      if (++tries > 1) return choice(model.embedder);
      throw new PipitError("model-unavailable", { got: "no file", expected: "one", do: "Serve it." });
    };
    const engine = twinOf(newWorker());
    expect(await engine.open().catch(refused)).toBe("model-unavailable");
    expect((await engine.stats()).entries).toBe(0);
    expect(threads).toHaveLength(1);
  });

  test("happens once for calls at the same time", async () => {
    const engine = twinOf(newWorker());
    const indexes = vi.spyOn(parts, "index");
    await Promise.all([engine.stats(), engine.ids(), engine.search("a")]);
    expect(indexes).toHaveBeenCalledTimes(1);
  });

  test("that fails after its entries were opened closes them", async () => {
    parts.index = async () => ({ ...exactIndex, create: () => Promise.reject(new Error("no memory")) });
    const closed = vi.spyOn(IDBDatabase.prototype, "close");
    await expect(twinOf(newWorker()).open()).rejects.toThrow("no memory");
    expect(closed.mock.contexts.map((database) => (database as IDBDatabase).name)).toEqual([`pipit:twin-${names}`]);
  });

  test("in another model's space is refused, and closes the entries", async () => {
    const name = `spaces-${++names}`;
    await (await opened({ name })).close();
    const closed = vi.spyOn(IDBDatabase.prototype, "close");
    const { space } = model.embedder;
    model.embedder = { ...model.embedder, space: { ...space, id: "f".repeat(32) } };
    expect(await opened({ name }).catch(refused)).toBe("space-mismatch");
    expect(closed).toHaveBeenCalledTimes(1);
  });

  test("shares the first model among the collections of a worker", async () => {
    const worker = newWorker();
    const first = vi.spyOn(parts, "first");
    await opened({ starterUrl: "/a" }, worker);
    await opened({ starterUrl: "/a" }, worker);
    expect(first).toHaveBeenCalledTimes(1);
  });
});

describe("a limit of the page", () => {
  const NO_WORKER: Limit = { what: "worker", got: "no worker", effect: "Slow.", do: "Allow it." };

  test("is told once, also after the host has started again", async () => {
    startLimit = NO_WORKER;
    parts.index = () => Promise.reject(new Error("no module"));
    const engine = await opened();
    const what = ["worker", "webassembly"];
    expect([told.map((limit) => limit.what), engine.limits.map((limit) => limit.what)]).toEqual([what, what]);
    await death();
    await engine.stats();
    expect([threads.length, told.length]).toEqual([2, 2]);
  });

  test("is not what the caller did wrong: that is an error", async () => {
    const wrong = new PipitError("bad-input", { got: "9 threads", expected: "1 to 8", do: "Ask for fewer." });
    parts.index = () => Promise.reject(wrong);
    expect(await opened().catch(refused)).toBe("bad-input");
  });
});

test("a listener is told of writes of other tabs until it is removed", async () => {
  const name = `shared-${++names}`;
  const [here, there] = [await opened({ name }), await opened({ name })];
  let changes = 0;
  const end = here.onChange(() => void changes++);
  await there.add([OWL]);
  await soon(() => expect(changes).toBe(1));
  end();
  await there.remove(["owl"]);
  await soon(async () => expect((await here.stats()).entries).toBe(0));
  await later();
  expect(changes).toBe(1);
});

test("entries that are to be held in memory are in no database", async () => {
  const open = vi.spyOn(IDBFactory.prototype, "open");
  await (await opened({ storage: "memory" })).add([OWL]);
  expect(open).not.toHaveBeenCalled();
});

test("engines with the same name share their entries in memory too", async () => {
  const worker = newWorker();
  const [one, two] = [
    await opened({ name: "same", storage: "memory" }, worker),
    await opened({ name: "same", storage: "memory" }, worker),
  ];
  await one.add([OWL]);
  expect(await two.ids()).toEqual(["owl"]);
});

test("a query vector that is changed after the call is searched as it was", async () => {
  const engine = twinOf(newWorker());
  await engine.add([OWL, { id: "lark", text: "song above fields" }]);
  const vector = await engine.embed(["night hunter"]);
  await death();
  const searching = engine.search(vector, { k: 1 });
  vector.set(await createBagEmbedder().embed([{ modality: "text", text: "song above fields" }]));
  expect((await searching).hits[0]?.id).toBe("owl");
});

test("a query vector that is given up is moved", async () => {
  const engine = await opened();
  const given = giveUp(await engine.embed(["night hunter"]));
  await engine.search(given);
  expect(given.length).toBe(0);
});

describe("the source of an add", () => {
  test("may clean up when the add ends before it", async () => {
    const engine = await opened();
    const controller = new AbortController();
    const cleaned = vi.fn(async () => ({ done: true as const, value: undefined }));
    const silent = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined), return: cleaned }),
    };
    const adding = engine.add(silent, { signal: controller.signal });
    await later();
    controller.abort();
    expect(await adding.catch(refused)).toBe("aborted");
    expect(cleaned).toHaveBeenCalledOnce();
  });

  test("that fails rejects it with its own error", async () => {
    const engine = await opened();
    const mine = new RangeError("mine");
    async function* failing() {
      yield OWL;
      throw mine;
    }
    expect(await engine.add(failing()).catch((error) => error)).toBe(mine);
  });

  test("that fails with an error of ours tells what was stored before", async () => {
    const engine = await opened();
    async function* failing() {
      for (let i = 0; i < 128; i++) yield { id: `${i}`, text: `note ${i}` };
      yield { id: "", text: "without an id" };
    }
    let reported = 0;
    const onProgress = ({ done }: { done: number }) => {
      reported = done;
    };
    const adding = engine.add(failing(), { onProgress });
    expect(await adding.catch((error) => error)).toMatchObject({ code: "bad-input", stored: reported });
    expect((await engine.stats()).entries).toBe(reported);
  });
});

test("an improvement nobody watches is one all the same", async () => {
  parts.better = async (_request, { onProgress }) => {
    onProgress?.({ stage: "download", done: 1 });
    return choice(slowEmbedder("better"));
  };
  expect(await (await opened()).improve()).toMatchObject({ adopted: true });
});

test.each([
  ["an add", (engine: Twin) => engine.add([OWL])],
  ["an improvement", (engine: Twin) => engine.improve()],
])("%s closes its message ports when it ends", async (_, call) => {
  const engine = await opened();
  const closed = vi.spyOn(MessagePort.prototype, "close");
  await call(engine);
  await soon(() => expect(closed).toHaveBeenCalled());
});

test("all progress of an add and of an improvement is told before the answer", async () => {
  parts.better = async (_request, { onProgress }) => {
    for (let done = 1; done <= 3; done++) onProgress?.({ stage: "download", done, total: 3 });
    return { none: "it is cut off" };
  };
  const engine = await opened();
  const seen: unknown[] = [];
  await engine.improve({ onProgress: ({ stage, done }) => void seen.push(`${stage} ${done}`) });
  await engine.add([OWL], { onProgress: ({ done, total }) => void seen.push([done, total]) });
  expect(seen).toEqual(["download 1", "download 2", "download 3", [1, 1]]);
});

test("entries without a vector of the better model are embedded again when it is adopted", async () => {
  const lesser = createBagEmbedder({ name: "lesser", fidelity: { mean: 0.9, min: 0.5 } });
  parts.first = async () => choice(lesser);
  parts.better = async () => choice(slowEmbedder("better"));
  const engine = await opened();
  await engine.add([OWL]);
  expect((await engine.stats()).provisional).toBe(1);
  const stages: string[] = [];
  await engine.improve({ onProgress: ({ stage }) => void stages.push(stage) });
  expect((await engine.stats()).provisional).toBe(0);
  expect(stages).toContain("refine");
});
