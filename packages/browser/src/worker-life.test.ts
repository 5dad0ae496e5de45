import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdLifeLock } from "./death-watch.ts";
import type { HostThread } from "./host-thread.ts";
import { WorkerLife } from "./worker-life.ts";

/** A host that answers comlink's call `alive` with the given value, and no other call. */
let host: { port: MessagePort; alive: string | undefined; isSilent: boolean; asked: number };
let page: MessagePort;
let ends: number;

/** Node has no ErrorEvent. */
class NamedError extends Event {
  readonly message: string;
  constructor(type: string, { message }: { message: string }) {
    super(type);
    this.message = message;
  }
}

beforeEach(() => {
  vi.stubGlobal("ErrorEvent", NamedError);
  const { port1, port2 } = new MessageChannel();
  [page, ends] = [port1, 0];
  host = { port: port2, alive: undefined, isSilent: false, asked: 0 };
  port2.addEventListener("message", ({ data }) => {
    if (data.path[0] !== "alive") return;
    host.asked++;
    if (!host.isSilent) port2.postMessage({ id: data.id, type: "RAW", value: host.alive });
  });
  port2.start();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  page.close();
});

const thread = (): HostThread => ({ endpoint: page as unknown as HostThread["endpoint"], end: () => void ends++ });
const waiting = (life: WorkerLife) => life.call((remote) => remote.stats({ handle: 1, call: 1 }));
const got = (error: unknown) => (error as { got: string }).got;
const useFakeTimers = () =>
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function started(): Promise<WorkerLife> {
  const life = new WorkerLife(thread());
  await life.start();
  return life;
}

test("a worker that never answers is given up after half a minute, and ended", async () => {
  useFakeTimers();
  host.isSilent = true;
  const life = new WorkerLife(thread());
  const starting = life.start().catch((error) => error);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(life.dead).toBe(false);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await starting).toMatchObject({ code: "worker-died", got: "no answer of the worker within 30000 ms" });
  expect([life.dead, ends]).toEqual([true, 1]);
});

test("one that answered may be silent for longer while nothing waits", async () => {
  useFakeTimers();
  const life = await started();
  host.isSilent = true;
  await vi.advanceTimersByTimeAsync(120_000);
  expect(life.dead).toBe(false);
  life.end();
});

test("a script that does not load ends the start; a later error of the script ends nothing", async () => {
  host.isSilent = true;
  const failing = new WorkerLife(thread());
  const starting = failing.start().catch(got);
  page.dispatchEvent(new Event("error"));
  expect(await starting).toBe("a worker whose script did not load");
  host.isSilent = false;
  const life = await started();
  page.dispatchEvent(new Event("error"));
  expect(life.dead).toBe(false);
  life.end();
});

test("an error at the top of the script is told", async () => {
  host.isSilent = true;
  const starting = new WorkerLife(thread()).start().catch(got);
  page.dispatchEvent(new ErrorEvent("error", { message: "broken at the top" }));
  expect(await starting).toBe("an error while the worker started: broken at the top");
});

test("a message that cannot be read ends the worker, because its call would wait for ever", async () => {
  const life = await started();
  const call = waiting(life);
  page.dispatchEvent(new Event("messageerror"));
  expect(await call.catch(got)).toBe("a message from the worker that could not be read");
  expect([life.dead, ends]).toEqual([true, 1]);
});

test("the release of its lock is the worker's death: all that waits is rejected, also what is asked later", async () => {
  const alive = new AbortController();
  host.alive = await holdLifeLock(alive.signal);
  const life = await started();
  const call = waiting(life);
  await turn();
  expect(life.dead).toBe(false);
  alive.abort();
  expect(await call.catch(got)).toBe("the worker's end");
  expect(await waiting(life).catch(got)).toBe("the worker's end");
  expect(ends).toBe(1);
});

test("without locks a worker that is asked something and does not answer dies within twenty seconds", async () => {
  useFakeTimers();
  const life = await started();
  host.isSilent = true;
  const call = waiting(life).catch(got);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await call).toBe("the worker's end");
  const { asked } = host;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([ends, host.asked, vi.getTimerCount()]).toEqual([1, asked, 0]);
});

test("its end by the page rejects what waits, once, and withdraws its request for the lock", async () => {
  const alive = new AbortController();
  host.alive = await holdLifeLock(alive.signal);
  const request = vi.spyOn(navigator.locks, "request");
  const life = await started();
  const call = waiting(life);
  life.end();
  life.end();
  expect(await call.catch(got)).toBe("the end of the worker by its page");
  expect(ends).toBe(1);
  const [, { signal }] = request.mock.calls[0] as unknown as [string, { signal: AbortSignal }];
  expect(signal.aborted).toBe(true);
  alive.abort();
});

test("a host has a lock of its own, and none where there are no locks or they are refused", async () => {
  const alive = new AbortController();
  const names = [await holdLifeLock(alive.signal), await holdLifeLock(alive.signal)];
  expect(new Set(names).size).toBe(2);
  alive.abort();
  vi.stubGlobal("navigator", {});
  expect(await holdLifeLock(alive.signal)).toBeUndefined();
  const request = () => Promise.reject(new DOMException("an opaque origin", "SecurityError"));
  vi.stubGlobal("navigator", { locks: { request } });
  expect(await holdLifeLock(alive.signal)).toBeUndefined();
});
