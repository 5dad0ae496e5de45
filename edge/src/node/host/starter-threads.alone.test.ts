import { AbortedError, type Embedder, PipitError, textPiece } from "@pipit/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

interface Made {
  readonly calls: (readonly string[])[];
  readonly isClosed: boolean;
  die(): void;
}

const { made, answers } = vi.hoisted(() => ({
  made: [] as Made[],
  answers: { next: async (texts: readonly string[]) => new Float32Array(384 * texts.length) },
}));

vi.mock("../threads/thread.ts", () => ({
  scriptBeside: () => new URL("file:///thread.js"),
  Thread: class {
    readonly calls: (readonly string[])[] = [];
    readonly #end = Promise.withResolvers<PipitError | undefined>();
    readonly ended = this.#end.promise;
    isClosed = false;
    constructor() {
      made.push(this);
    }
    call(texts: readonly string[]) {
      this.calls.push(texts);
      return answers.next(texts);
    }
    die() {
      this.#end.resolve(death());
    }
    close() {
      this.isClosed = true;
      this.#end.resolve(undefined);
    }
  },
}));

const { openStarterThreads } = await import("./starter-threads.ts");

const death = () => new PipitError("worker-died", { got: "a", expected: "b", do: "c" });
const MANY = Array.from({ length: 8 }, (_, i) => textPiece(`bird ${i}`));
const inThread = answers.next;

let starter: Embedder;
let logged: ReturnType<typeof vi.spyOn>;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  made.length = 0;
  answers.next = inThread;
  starter = await openStarterThreads();
});
afterEach(async () => {
  await starter.close();
  vi.useRealTimers();
  logged.mockRestore();
});

const bulk = () => starter.embed(MANY, { priority: "bulk" });
const isZero = (vectors: Float32Array) => vectors.every((value) => value === 0);

test("a question, and a few texts, are embedded without a thread", async () => {
  await starter.embed(MANY);
  await starter.embed(MANY.slice(1), { priority: "bulk" });
  expect(made).toEqual([]);
});

test("bulk work goes to one thread, which is started when it is first needed", async () => {
  expect(isZero(await bulk())).toBe(true);
  await bulk();
  expect(made.map(({ calls }) => calls.length)).toEqual([2]);
});

test("a call that the thread fails is done here, and the thread's end is logged", async () => {
  answers.next = () => Promise.reject(death());
  expect(isZero(await bulk())).toBe(false);
  made[0]?.die();
  await Promise.resolve();
  await Promise.resolve();
  expect(logged).toHaveBeenCalledOnce();
});

test("a call that is aborted in the thread is not done here", async () => {
  answers.next = () => Promise.reject(new AbortedError("left"));
  await expect(bulk()).rejects.toMatchObject({ code: "aborted" });
});

test("after a thread that died there is none for ten seconds, and then another", async () => {
  await bulk();
  made[0]?.die();
  await vi.waitFor(() => expect(logged).toHaveBeenCalled());
  vi.advanceTimersByTime(9_000);
  expect(isZero(await bulk())).toBe(false);
  expect(made).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  expect(isZero(await bulk())).toBe(true);
  expect(made).toHaveLength(2);
});

test("a thread without work for ten seconds is ended silently, and the next work starts another", async () => {
  await bulk();
  vi.advanceTimersByTime(9_000);
  await bulk();
  vi.advanceTimersByTime(9_000);
  expect(made[0]).toMatchObject({ isClosed: false });
  vi.advanceTimersByTime(1_000);
  expect(made[0]).toMatchObject({ isClosed: true });
  await bulk();
  await bulk();
  expect(made.map(({ calls }) => calls.length)).toEqual([2, 2]);
  expect(logged).not.toHaveBeenCalled();
});

test("a thread at work is not ended, however long it takes, and is when it is idle thereafter", async () => {
  const { promise, resolve } = Promise.withResolvers<Float32Array<ArrayBuffer>>();
  answers.next = () => promise;
  const work = bulk();
  vi.advanceTimersByTime(60_000);
  expect(made[0]).toMatchObject({ isClosed: false });
  resolve(new Float32Array());
  await work;
  vi.advanceTimersByTime(10_000);
  expect(made[0]).toMatchObject({ isClosed: true });
});

test("a closed one ends its thread silently", async () => {
  await bulk();
  await starter.close();
  expect(logged).not.toHaveBeenCalled();
});

test("a closed one starts no thread", async () => {
  await starter.close();
  await expect(bulk()).rejects.toMatchObject({ code: "closed" });
  expect(made).toEqual([]);
});
