import { beforeEach, expect, test, vi } from "vitest";
import type { StartedHost } from "./start-host.ts";
import { TabWorker } from "./tab-worker.ts";

/** The started hosts, in order; a test ends them and simulates their death. */
let started: { dead: boolean; end: ReturnType<typeof vi.fn> }[];

beforeEach(() => {
  started = [];
});

async function start(): Promise<StartedHost> {
  const life = { dead: false, end: vi.fn() };
  started.push(life);
  await new Promise((answered) => setTimeout(answered));
  return { life } as unknown as StartedHost;
}

test("engines of a tab share a worker, also while it starts", async () => {
  const worker = new TabWorker(start);
  worker.join();
  worker.join();
  const [first, second] = await Promise.all([worker.host(), worker.host()]);
  expect([first === second, await worker.host(), started.length]).toEqual([true, first, 1]);
});

test("another is started once it is dead", async () => {
  const worker = new TabWorker(start);
  worker.join();
  await worker.host();
  started[0]!.dead = true;
  await worker.host();
  expect(started.length).toBe(2);
});

test("one that did not start is tried again", async () => {
  let tries = 0;
  const worker = new TabWorker(() => (++tries === 1 ? Promise.reject(new Error("no script")) : start()));
  worker.join();
  await expect(worker.host()).rejects.toThrow("no script");
  await worker.host();
  expect(tries).toBe(2);
});

test("it ends with its last engine, not before", async () => {
  const worker = new TabWorker(start);
  worker.join();
  worker.join();
  await worker.host();
  worker.leave();
  expect(started[0]!.end).not.toHaveBeenCalled();
  worker.leave();
  expect(started[0]!.end).toHaveBeenCalledOnce();
});

test("it ends as soon as it has started where all engines were closed meanwhile", async () => {
  const worker = new TabWorker(start);
  worker.join();
  const starting = worker.host();
  worker.leave();
  await starting;
  expect(started[0]!.end).toHaveBeenCalledOnce();
});
