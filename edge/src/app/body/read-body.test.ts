import { afterEach, expect, test, vi } from "vitest";
import { HTTP_LIMITS } from "../limits.ts";
import { Refusal } from "../refusal.ts";
import { bodyPieces } from "./read-body.ts";

function request(pull: (controller: ReadableStreamDefaultController<Uint8Array>) => unknown) {
  const body = new ReadableStream({ pull: async (controller) => void (await pull(controller)) });
  return new Request("http://localhost", { method: "POST", body, duplex: "half" } as RequestInit);
}

async function drain(asked: Request, idleMs: number): Promise<number> {
  let total = 0;
  for await (const piece of bodyPieces(asked, idleMs)) total += piece.byteLength;
  return total;
}

afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number) => new Promise((done) => setTimeout(done, ms));

test("a body that stops arriving is refused with 408", async () => {
  let pieces = 0;
  const stuck = request(async (controller) =>
    pieces++ === 0 ? controller.enqueue(new Uint8Array(3)) : new Promise(() => undefined),
  );
  await expect(drain(stuck, 30)).rejects.toMatchObject({ status: 408, headers: { Connection: "close" } });
});

test("a body that is given up for others ends with the reason", async () => {
  const stop = new AbortController();
  const stuck = bodyPieces(
    request(() => new Promise(() => undefined)),
    30_000,
    stop.signal,
  );
  const next = stuck.next();
  stop.abort(new Refusal(503, { got: "a", expected: "b", do: "c" }));
  await expect(next).rejects.toMatchObject({ status: 503 });
});

test("a body that comes slowly but steadily is read to its end", async () => {
  let pieces = 0;
  const slow = request(async (controller) => {
    await later(10);
    if (++pieces > 6) controller.close();
    else controller.enqueue(new Uint8Array(2));
  });
  expect(await drain(slow, 50)).toBe(12);
});

test("a body that has come leaves no timer behind", async () => {
  vi.useFakeTimers();
  const whole = request((controller) => {
    controller.enqueue(new Uint8Array(3));
    controller.close();
  });
  expect(await drain(whole, 30_000)).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("a refused body that goes on without an end is given up", async () => {
  const cancel = vi.fn();
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    controller.enqueue(new Uint8Array(HTTP_LIMITS.bodyBytes / 2));
  const body = new ReadableStream<Uint8Array>({ pull, cancel });
  const endless = new Request("http://localhost", { method: "POST", body, duplex: "half" } as RequestInit);
  await expect(drain(endless, 1_000)).rejects.toMatchObject({ status: 413 });
  await vi.waitFor(() => expect(cancel).toHaveBeenCalled());
});

test("a Content-Length beyond the limit is refused before a byte is read", async () => {
  const pull = vi.fn();
  const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
  const headers = { "content-length": `${HTTP_LIMITS.bodyBytes + 1}` };
  const large = new Request("http://localhost", { method: "POST", headers, body, duplex: "half" } as RequestInit);
  await expect(drain(large, 1_000)).rejects.toMatchObject({ status: 413 });
  expect(pull).not.toHaveBeenCalled();
});

test("a body whose caller has gone is given up as aborted", async () => {
  const gone = request((controller) => controller.error(new Error("the connection was reset")));
  await expect(drain(gone, 1_000)).rejects.toMatchObject({ code: "aborted" });
});

test("the rest of a body that a reader leaves is read to its end, so that the caller gets its answer", async () => {
  let left = 5;
  const cancel = vi.fn();
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    --left < 0 ? controller.close() : controller.enqueue(new Uint8Array(3));
  const body = new ReadableStream<Uint8Array>({ pull, cancel }, { highWaterMark: 0 });
  const asked = new Request("http://localhost", { method: "POST", body, duplex: "half" } as RequestInit);
  for await (const _ of bodyPieces(asked, 1_000)) break;
  await vi.waitFor(() => expect(left).toBeLessThan(0));
  expect(cancel).not.toHaveBeenCalled();
});
