import type { SearchEngine } from "@pipit/core";
import { expect, test } from "vitest";
import { EngineHolder } from "./engine-holder.ts";

interface Closable {
  readonly engine: SearchEngine;
  readonly closed: () => number;
}

function closable(): Closable {
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  return { engine: { close } as SearchEngine, closed: () => closed };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("an engine is opened once, on first use", async () => {
  let opened = 0;
  const holder = new EngineHolder(async () => {
    opened += 1;
    return closable().engine;
  });
  await Promise.all([holder.get(), holder.get()]);
  expect(opened).toBe(1);
});

test("a failed opening is tried again", async () => {
  let tries = 0;
  const { engine } = closable();
  const holder = new EngineHolder(async () => {
    tries += 1;
    if (tries === 1) throw new Error("no network");
    return engine;
  });
  await expect(holder.get()).rejects.toThrow("no network");
  expect(await holder.get()).toBe(engine);
});

test("an engine that was opened here is closed on release, also while it opens", async () => {
  const { engine, closed } = closable();
  const holder = new EngineHolder(() => settle().then(() => engine));
  void holder.get();
  holder.release();
  await settle();
  await settle();
  expect(closed()).toBe(1);
});

test("an opening that nobody waits for any more is told so, and the next one is not", async () => {
  const signals: AbortSignal[] = [];
  const holder = new EngineHolder((signal) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  void holder.get();
  holder.release();
  void holder.get();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test("a given engine is never closed here", async () => {
  const { engine, closed } = closable();
  const holder = new EngineHolder(async () => engine);
  holder.give(engine);
  holder.release();
  holder.give(undefined);
  await settle();
  expect(closed()).toBe(0);
});

test("a given engine goes before what would be opened, which is closed", async () => {
  const [own, given] = [closable(), closable()];
  const holder = new EngineHolder(async () => own.engine);
  await holder.get();
  holder.give(given.engine);
  await settle();
  expect([await holder.get(), own.closed()]).toEqual([given.engine, 1]);
});

test("it is open where there is an engine or one is being opened, and shut after a failure", async () => {
  const { engine } = closable();
  const holder = new EngineHolder(() => Promise.reject(new Error("no network")));
  const states = [holder.state];
  const opening = holder.get();
  states.push(holder.state);
  await opening.catch(() => undefined);
  states.push(holder.state);
  holder.give(engine);
  states.push(holder.state);
  expect(states).toEqual(["shut", "open", "shut", "open"]);
});

test("an engine that is not whole is used until another one is, and only that is closed", async () => {
  const [part, whole] = [closable(), closable()];
  const opening = Promise.withResolvers<SearchEngine>();
  const holder = new EngineHolder((_, use) => {
    use(part.engine);
    return opening.promise;
  });
  expect(await holder.get()).toBe(part.engine);
  opening.resolve(whole.engine);
  await settle();
  expect(await holder.get()).toBe(whole.engine);
  holder.release();
  await settle();
  expect([part.closed(), whole.closed()]).toEqual([0, 1]);
});

test("an opening that fails after its engine was used is tried again by the next search", async () => {
  const [part, whole] = [closable(), closable()];
  let tries = 0;
  const holder = new EngineHolder(async (_, use) => {
    tries += 1;
    if (tries === 2) return whole.engine;
    use(part.engine);
    throw new Error("the worker ended");
  });
  expect(await holder.get()).toBe(part.engine);
  await settle();
  expect(await holder.get()).toBe(whole.engine);
});
