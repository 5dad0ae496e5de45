import { describe, expect, test } from "vitest";
import { createEdgeEngine } from "../client.ts";

const never = new Promise<never>(() => undefined);
const soon = () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort("enough"), 10);
  return controller.signal;
};
const summary = (count: number) => Response.json({ added: count, skipped: [] });
const aborted = { name: "AbortError", code: "aborted", cause: "enough" };
const entries = [{ id: "a", text: "owl" }];

type Answer = (request: Request) => Response | Promise<Response>;
const settings = { url: "http://pipit.test", collection: "birds" };
const engineOf = (fetch: Answer) => createEdgeEngine({ ...settings, fetch });
const creating = (fetch: Answer) => createEdgeEngine({ ...settings, create: "if-missing", fetch });
const isCreation = ({ url }: Request) => url.endsWith("/v1/collections");
const created = () => Response.json({ name: "birds" }, { status: 201 });

describe("an abort ends a call", () => {
  test("although the server, or a fetch of the caller's own, never answers", async () => {
    const engine = engineOf(() => never);
    await expect(engine.search("owl", { signal: soon() })).rejects.toMatchObject(aborted);
    await expect(engine.add(entries, { signal: soon() })).rejects.toMatchObject(aborted);
  });

  test("in the middle of an answer, which is not read on", async () => {
    let cancelled = false;
    const stalled = () =>
      new ReadableStream<Uint8Array<ArrayBuffer>>({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"hits":')),
        cancel() {
          cancelled = true;
        },
      });
    const searching = engineOf(() => new Response(stalled())).search("owl", { signal: soon() });
    await expect(searching).rejects.toMatchObject(aborted);
    expect(cancelled).toBe(true);
  });

  test("while the collection is created", async () => {
    await expect(creating(() => never).search("owl", { signal: soon() })).rejects.toMatchObject(aborted);
    await expect(creating(() => never).add(entries, { signal: soon() })).rejects.toMatchObject(aborted);
  });

  test("and nothing is sent after it", async () => {
    const sent: string[] = [];
    const controller = new AbortController();
    const engine = engineOf((request) => {
      sent.push(request.url);
      return summary(64);
    });
    const many = Array.from({ length: 200 }, (_, i) => ({ id: `n${i}`, text: "a bird" }));
    const adding = engine.add(many, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(adding).rejects.toMatchObject({ code: "aborted" });
    expect(sent).toHaveLength(1);
  });

  test("whose source has stalled, and the source is told", async () => {
    let returned = false;
    const source: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({
        next: () => never,
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    await expect(engineOf(() => summary(0)).add(source, { signal: soon() })).rejects.toMatchObject(aborted);
    expect(returned).toBe(true);
  });
});

describe("a creation that several calls wait for", () => {
  const held = () => {
    let answer: (response: Response) => void = () => undefined;
    const requests: Request[] = [];
    const engine = creating((request) => {
      if (!isCreation(request)) return Response.json({ removed: 0 });
      requests.push(request);
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    return { engine, requests, answer: (response: Response) => answer(response) };
  };

  test("goes on for the others when one aborts", async () => {
    const { engine, requests, answer } = held();
    const removing = engine.remove([]);
    await expect(engine.search("owl", { signal: soon() })).rejects.toMatchObject(aborted);
    answer(created());
    expect(await removing).toBe(0);
    expect(await engine.remove([])).toBe(0);
    expect(requests).toHaveLength(1);
  });

  test("is aborted when nobody waits, and begun again by the next", async () => {
    const { engine, requests, answer } = held();
    await expect(engine.search("owl", { signal: soon() })).rejects.toMatchObject(aborted);
    expect(requests[0]?.signal.aborted).toBe(true);
    const removing = engine.remove([]);
    answer(created());
    expect(await removing).toBe(0);
    expect(requests).toHaveLength(2);
  });

  test("is begun again after it failed", async () => {
    let tries = 0;
    const engine = creating((request) => {
      if (!isCreation(request)) return Response.json({ removed: 0 });
      return ++tries === 1 ? new Response("", { status: 502 }) : created();
    });
    await expect(engine.remove([])).rejects.toMatchObject({ code: "remote-failed" });
    expect(await engine.remove([])).toBe(0);
  });
});

describe("closing ends open calls", () => {
  test.each([engineOf, creating])("that wait for an answer", async (make) => {
    const requests: Request[] = [];
    const engine = make((request) => {
      requests.push(request);
      return never;
    });
    const calls = [
      engine.search("owl"),
      engine.stats(),
      engine.remove(["a"]),
      engine.update("a", { fields: {} }),
      engine.add(entries),
    ];
    const ended = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await engine.close();
    for (const { status, reason } of (await ended) as PromiseRejectedResult[]) {
      expect(status).toBe("rejected");
      // It is unknown whether the server stored the entries.
      expect(reason).toMatchObject({ code: "closed", stored: undefined });
    }
    expect(requests.length).toBeGreaterThan(0);
    for (const { signal } of requests) expect(signal.aborted).toBe(true);
  });

  test("that wait for their source, and count what is stored", async () => {
    const engine = engineOf(() => summary(64));
    async function* source() {
      for (let i = 0; i < 64; i++) yield { id: `n${i}`, text: "a bird" };
      setTimeout(() => void engine.close(), 10);
      await never;
    }
    await expect(engine.add(source())).rejects.toMatchObject({ code: "closed", stored: 64 });
  });

  test("and refuses later ones", async () => {
    const engine = engineOf(() => never);
    await engine.close();
    await engine.close();
    await expect(engine.stats()).rejects.toMatchObject({ code: "closed" });
    await expect(engine.search("owl", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "closed" });
  });
});
