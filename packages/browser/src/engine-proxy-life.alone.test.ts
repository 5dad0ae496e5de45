import { exactIndex, PipitError } from "@pipit/core";
import { describe, expect, test, vi } from "vitest";
import {
  choice,
  death,
  freshName,
  later,
  limitStarts,
  model,
  newWorker,
  OWL,
  opened,
  parts,
  proxyOf,
  reached,
  refused,
  slowEmbedder,
  soon,
  threads,
  told,
} from "../fixtures/proxies.ts";
import type { EngineProxy } from "./engine-proxy.ts";
import type { Limit } from "./tab-engine.ts";

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

  test("reports how much of an add it had reported as stored", async () => {
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

  test("gives no number of stored entries of an add if it had reported none", async () => {
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
    ["search", (engine: EngineProxy, signal: AbortSignal) => engine.search("slow", { signal })],
    ["embed", (engine: EngineProxy, signal: AbortSignal) => engine.embed(["slow"], { signal })],
    ["add", (engine: EngineProxy, signal: AbortSignal) => engine.add([{ id: "a", text: "slow" }], { signal })],
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

  test("does not hide another failure of the work", async () => {
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
    const engine = proxyOf(newWorker());
    expect(await engine.search("hunter", { signal: AbortSignal.abort() }).catch(refused)).toBe("aborted");
    expect(threads).toHaveLength(0);
  });

  test("while the collection opens is one, though the opening goes on for others", async () => {
    const engine = proxyOf(newWorker());
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
    for (const call of [
      engine.search("a"),
      engine.stats(),
      engine.ids(),
      engine.entriesOf(["a"]),
      engine.remove(["a"]),
    ]) {
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

  test("before it was opened does nothing", async () => {
    await proxyOf(newWorker()).close();
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
    const engine = proxyOf(newWorker());
    expect(await engine.open().catch(refused)).toBe("model-unavailable");
    expect((await engine.stats()).entries).toBe(0);
    expect(threads).toHaveLength(1);
  });

  test("happens once for calls at the same time", async () => {
    const engine = proxyOf(newWorker());
    const indexes = vi.spyOn(parts, "index");
    await Promise.all([engine.stats(), engine.ids(), engine.search("a")]);
    expect(indexes).toHaveBeenCalledTimes(1);
  });

  test("that fails after its entries were opened closes them", async () => {
    parts.index = async () => ({ ...exactIndex, create: () => Promise.reject(new Error("no memory")) });
    const closed = vi.spyOn(IDBDatabase.prototype, "close");
    const name = freshName();
    await expect(proxyOf(newWorker(), { name }).open()).rejects.toThrow("no memory");
    expect(closed.mock.contexts.map((database) => (database as IDBDatabase).name)).toEqual([`pipit:${name}`]);
  });

  test("in another model's space is refused, and closes the entries", async () => {
    const name = freshName();
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

  test("is reported once, also after the host has started again", async () => {
    limitStarts(NO_WORKER);
    parts.index = () => Promise.reject(new Error("no module"));
    const engine = await opened();
    const what = ["worker", "webassembly"];
    expect([told.map((limit) => limit.what), engine.limits.map((limit) => limit.what)]).toEqual([what, what]);
    await death();
    await engine.stats();
    expect([threads.length, told.length]).toEqual([2, 2]);
  });

  test("is not a mistake of the caller: that is an error", async () => {
    const wrong = new PipitError("bad-input", { got: "9 threads", expected: "1 to 8", do: "Ask for fewer." });
    parts.index = () => Promise.reject(wrong);
    expect(await opened().catch(refused)).toBe("bad-input");
  });
});
