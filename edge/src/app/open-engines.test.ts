import {
  createEngine,
  createMemoryStore,
  exactIndex,
  type LocalEngine,
  MemoryDatabase,
  openCollection,
} from "@pipit/core";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { expect, test, vi } from "vitest";
import { OpenEngines, type OpenEnginesParts } from "./open-engines.ts";

type Bounds = Pick<OpenEnginesParts, "mostOpen" | "idleMs" | "cutOffMs">;

/** Engines over databases that stay open after an engine is closed; records openings and closings. Opening lasts until `ready` resolves. */
function openEngines(bounds: Bounds, ready = () => Promise.resolve()) {
  const databases = new Map<string, MemoryDatabase>();
  const seen: string[] = [];
  const open = async (name: string): Promise<LocalEngine> => {
    seen.push(`${name} opens`);
    await ready();
    const database = databases.get(name) ?? new MemoryDatabase();
    databases.set(name, database);
    const collection = await openCollection({ store: createMemoryStore(BAG_SPACE, database), index: exactIndex });
    const engine = createEngine({ collection, embedder: createBagEmbedder(), backend: "js", why: "a test" });
    const close = engine.close.bind(engine);
    engine.close = async () => {
      await close();
      seen.push(`${name} closed`);
    };
    return engine;
  };
  return { engines: new OpenEngines({ open, onOpened: () => void seen.push("handed over"), ...bounds }), seen };
}

test("calls at once open an engine once", async () => {
  const { engines, seen } = openEngines({ mostOpen: 2, idleMs: 0 });
  const [one, two] = await Promise.all([engines.open("a"), engines.open("a")]);
  expect(one).toBe(two);
  expect(seen).toEqual(["a opens", "handed over"]);
});

test("above the limit those called longest ago are closed, and opened again with all that was stored", async () => {
  const { engines, seen } = openEngines({ mostOpen: 2, idleMs: 0 });
  for (const name of ["a", "b", "c", "d"]) {
    const engine = await engines.open(name);
    await engine.add([{ id: name, text: `the bird ${name}` }]);
  }
  await engines.open("c");
  expect([...engines.all()]).toHaveLength(2);
  const again = await engines.open("a");
  expect((await again.search("bird")).hits.map((hit) => hit.id)).toEqual(["a"]);
  expect(seen.filter((what) => what.endsWith("closed"))).toEqual(["a closed", "b closed", "d closed"]);
  await engines.close();
});

test("one that was called a moment ago stays open, however many are open", async () => {
  const { engines, seen } = openEngines({ mostOpen: 1, idleMs: 60_000 });
  for (const name of ["a", "b", "c"]) await engines.open(name);
  expect([...engines.all()]).toHaveLength(3);
  expect(seen.filter((what) => what.endsWith("closed"))).toEqual([]);
});

test("one that is idle is not closed while it is handed out again", async () => {
  const { engines, seen } = openEngines({ mostOpen: 0, idleMs: 30 });
  await engines.open("a");
  await new Promise((resolve) => setTimeout(resolve, 40));
  await engines.open("a");
  expect([...engines.all()]).toHaveLength(1);
  expect(seen).not.toContain("a closed");
});

test("one whose last call has just ended is not idle, however long that took", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { engines } = openEngines({ mostOpen: 1, idleMs: 60 });
  const engine = await engines.open("a");
  await engine.add(
    (async function* () {
      vi.advanceTimersByTime(70);
      yield { id: "1", text: "one bird" };
    })(),
  );
  await engines.open("b");
  expect([...engines.all()]).toHaveLength(2);
  vi.useRealTimers();
});

test("an engine whose opening was cut off is closed when it comes late, and its caller gets the one that took over", async () => {
  const late = Promise.withResolvers<void>();
  const waits = [late.promise, Promise.resolve()];
  const { engines, seen } = openEngines({ mostOpen: 1, idleMs: 60_000, cutOffMs: 20 }, () => waits.shift()!);
  const cutOff = engines.open("a");
  const next = await engines.open("a");
  late.resolve();
  expect(await cutOff).toBe(next);
  expect(seen).toEqual(["a opens", "a opens", "handed over", "a closed"]);
});

test("one that is at work is not closed under its caller", async () => {
  const { engines, seen } = openEngines({ mostOpen: 1, idleMs: 0 });
  const engine = await engines.open("a");
  let letGo = () => {};
  const slowly = (async function* () {
    yield { id: "1", text: "one bird" };
    await new Promise<void>((resolve) => {
      letGo = resolve;
    });
    yield { id: "2", text: "two birds" };
  })();
  const adding = engine.add(slowly);
  for (const name of ["b", "c"]) await engines.open(name);
  letGo();
  expect(await adding).toMatchObject({ added: 2 });
  expect(seen).not.toContain("a closed");
  await engines.close();
  expect(seen.filter((what) => what.endsWith("closed"))).toHaveLength(3);
});

test("one that cannot be opened fails each call, and is tried again", async () => {
  let works = false;
  const engines = new OpenEngines({
    open: async () => {
      if (!works) throw new Error("the disk is gone");
      return createEngine({
        collection: await openCollection({ store: createMemoryStore(BAG_SPACE), index: exactIndex }),
        embedder: createBagEmbedder(),
        backend: "js",
        why: "a test",
      });
    },
    onOpened: () => {},
    mostOpen: 1,
    idleMs: 0,
  });
  await expect(engines.open("a")).rejects.toThrow("the disk is gone");
  works = true;
  expect(await (await engines.open("a")).stats()).toMatchObject({ entries: 0 });
});

test("closing ends the engines that are being opened, and no call opens another", async () => {
  const ready = Promise.withResolvers<void>();
  const { engines, seen } = openEngines({ mostOpen: 2, idleMs: 0 }, () => ready.promise);
  const opening = engines.open("a");
  const closing = engines.close();
  const late = expect(engines.open("b")).rejects.toMatchObject({ code: "closed", got: expect.stringContaining("b") });
  ready.resolve();
  await Promise.all([opening, closing, late]);
  await expect(engines.open("a")).rejects.toMatchObject({ code: "closed" });
  expect(seen).toEqual(["a opens", "handed over", "a closed"]);
});

test("a call that waits for its engine to be closed as idle is told that the server closes", async () => {
  const { engines, seen } = openEngines({ mostOpen: 1, idleMs: 0 });
  for (const name of ["a", "b"]) await engines.open(name);
  // "a" is being closed.
  const waiting = expect(engines.open("a")).rejects.toMatchObject({ code: "closed" });
  await engines.close();
  await waiting;
  expect(seen.filter((what) => what.startsWith("a"))).toEqual(["a opens", "a closed"]);
});
