import { mediaEngineContract } from "@pipit/test/contracts/media-engine";
import { searchEngineContract } from "@pipit/test/contracts/search-engine";
import { BAG_SPACE, createBagEmbedder } from "@pipit/test/fixtures/bag-embedder";
import { fakePictures } from "@pipit/test/fixtures/fake-pictures";
import { PICTURES } from "@pipit/test/fixtures/further-space";
import { describe, expect, test, vi } from "vitest";
import {
  choice,
  death,
  freshName,
  later,
  newWorker,
  OWL,
  opened,
  parts,
  proxyOf,
  refused,
  slowEmbedder,
  soon,
} from "../fixtures/proxies.ts";
import type { EngineProxy } from "./engine-proxy.ts";
import { giveUp } from "./give-up.ts";

searchEngineContract("behind a message channel, over IndexedDB in memory", () => opened());
searchEngineContract("behind a message channel, in memory", () => opened({ storage: "memory" }));

for (const storage of ["device", "memory"] as const) {
  mediaEngineContract(`behind a message channel, stored: ${storage}`, () => {
    const name = freshName();
    const worker = newWorker();
    return async () => {
      parts.media = { further: [PICTURES], readers: fakePictures() };
      // A worker without open engines ends, and its memory with it.
      await opened({ storage }, worker);
      return opened({ name, storage }, worker);
    };
  });
}

test("a listener is called after writes of other tabs until it is removed", async () => {
  const name = freshName();
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

test("entries are read by their ids, also before an engine that opens early is whole", async () => {
  const name = freshName();
  const lark = { id: "lark", text: "song above fields", fields: { path: "a.txt" } };
  await (await opened({ name })).add([OWL, lark]);
  parts.space = BAG_SPACE;
  parts.first = () => new Promise(() => undefined);
  const early = await opened({ name, early: "words" }, newWorker());
  expect(await early.entriesOf(["lark", "gone"])).toEqual([lark]);
  await expect(early.entriesOf([7 as never])).rejects.toMatchObject({ code: "bad-input" });
});

test("a query vector that is changed after the call is searched as it was", async () => {
  const engine = proxyOf(newWorker());
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

  test("that fails with a PipitError reports the number of entries stored before", async () => {
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

test("an improvement works without a listener", async () => {
  parts.better = async (_request, { onProgress }) => {
    onProgress?.({ stage: "download", done: 1 });
    return choice(slowEmbedder("better"));
  };
  expect(await (await opened()).improve()).toMatchObject({ adopted: true });
});

test.each([
  ["an add", (engine: EngineProxy) => engine.add([OWL])],
  ["an improvement", (engine: EngineProxy) => engine.improve()],
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
