import { Worker } from "node:worker_threads";
import { drawPictures, drawRows, TWIN_PICTURE } from "@pipit/test/fixtures/encoder-drawn";
import { bertTwin, clipPictureTwin, packTwin } from "@pipit/test/fixtures/encoder-twins";
import { below, seeded } from "@pipit/test/fixtures/seeded";
import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { afterEach, describe, expect, test, vi } from "vitest";
import { asks, heard, shares, startHere, watchedPool } from "../../fixtures/watched-pool.ts";
import { loadBuild, loadEncoder } from "../node.ts";
import { type Encoder, openEncoder } from "./encoder.ts";
import { openTogether } from "./encoder-pool.ts";
import type { EncoderThreadPool, PoolThread } from "./encoder-pool-protocol.ts";
import { nodeEncoderThreads } from "./node-encoder-pool.ts";

const module = await loadBuild("simd", "encoder");
const file = await packTwin(bertTwin(), module);
const pictures = await packTwin(clipPictureTwin(), module);
const random = seeded(91);
const mixed = drawRows(
  random,
  Array.from({ length: 90 }, () => 1 + below(random, below(random, 2) ? 256 : 12)),
);
// Seconds of work, so that something can happen meanwhile.
const many = drawRows(random, new Array(1500).fill(256));
const alone = await openEncoder(module, file);
const expected = await alone.encodeTokens(mixed);

const opened: Encoder[] = [];
afterEach(() => {
  for (const encoder of opened.splice(0)) encoder.close();
});

async function openWith(pool: EncoderThreadPool, given = file): Promise<Encoder> {
  const encoder = await openTogether(module, given, { pool });
  opened.push(encoder);
  return encoder;
}

const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);

function expectSame(got: Float32Array, expected: Float32Array): void {
  expect(Buffer.compare(Buffer.from(got.buffer), Buffer.from(expected.buffer))).toBe(0);
}

describe.each([2, 3])("%d threads", (threads) => {
  test("answer rows of all lengths with one thread's bits, in their order", async () => {
    const encoder = await loadEncoder(file, { threads });
    opened.push(encoder);
    expect(encoder.threads).toBe(threads);
    expectSame(await encoder.encodeTokens(mixed), expected);
    const upside = [...mixed].reverse();
    expectSame(await encoder.encodeTokens(upside), await alone.encodeTokens(upside));
    for (const count of [0, 1, 2, 7]) {
      const some = mixed.slice(0, count);
      expectSame(await encoder.encodeTokens(some), await alone.encodeTokens(some));
    }
  });

  test("answer token vectors with one thread's bits, in the order of their rows", async () => {
    const projection = twinProjection(bertTwin().about.space, { width: 48, dimensions: 32 });
    const [one, together] = [await loadEncoder(file, { projection }), await loadEncoder(file, { projection, threads })];
    opened.push(one, together);
    expect(together.tokenSpace).toEqual(projection.tokenSpace);
    for (const form of ["bits", "floats"] as const) {
      for (const rows of [mixed, mixed.slice(0, 1), []])
        expect(await together.encodeWithTokens(rows, form)).toEqual(await one.encodeWithTokens(rows, form));
    }
  });

  test("refuse a call for token vectors without a projection", async () => {
    const encoder = await loadEncoder(file, { threads });
    opened.push(encoder);
    await expect(encoder.encodeWithTokens(mixed, "bits")).rejects.toMatchObject({ code: "bad-input" });
  });

  test("answer pictures with one thread's bits", async () => {
    const [one, together] = [await loadEncoder(pictures), await loadEncoder(pictures, { threads })];
    opened.push(one, together);
    for (const count of [1, 2, 5, 11]) {
      const pixels = drawPictures(seeded(count), count);
      expectSame(await together.encodePictures(pixels), await one.encodePictures(pixels));
      expect(pixels.length).toBe(count * 3 * TWIN_PICTURE ** 2);
    }
  });
});

test.each([0, 9, 1.5])("refuses %d threads", async (threads) => {
  await expect(loadEncoder(file, { threads })).rejects.toMatchObject({ code: "bad-input" });
});

test("one thread by default, and eight at most", async () => {
  opened.push(await loadEncoder(file), await loadEncoder(file, { threads: 8 }));
  expect(opened.map(({ threads }) => threads)).toEqual([1, 8]);
});

describe("a call", () => {
  test("is shared out in runs of about as many tokens", async () => {
    const pool = watchedPool(3);
    const encoder = await openWith(pool);
    await encoder.encodeTokens(drawRows(random, new Array(60).fill(20)));
    expect(pool.members.map((member) => sum(shares(member)[0]!.lengths))).toEqual([400, 400]);
  });

  test("gives long texts more room than as many tokens of short ones", async () => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool);
    await encoder.encodeTokens(drawRows(random, [...new Array(256).fill(4), ...new Array(4).fill(256)]));
    expect(sum(shares(pool.members[0]!)[0]!.lengths)).toBeLessThan(1024);
  });

  test.each([
    ["one long row", [200]],
    ["a few tokens", [5, 5, 5]],
    ["nothing", []],
  ])("of %s stays with the caller", async (_, lengths) => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool);
    const rows = drawRows(random, lengths);
    expectSame(await encoder.encodeTokens(rows), await alone.encodeTokens(rows));
    expect(asks(pool.members[0]!)).toEqual(["open"]);
  });

  test("is not shared among more threads than its tokens keep busy", async () => {
    const pool = watchedPool(3);
    const encoder = await openWith(pool);
    await encoder.encodeTokens(drawRows(random, [4, 4, 4, 4]));
    expect(pool.members.flatMap(shares)).toHaveLength(1);
  });

  test("goes to the thread that has least to do", async () => {
    const pool = watchedPool(3);
    const encoder = await openWith(pool);
    const small = drawRows(random, [9, 9]);
    await Promise.all([encoder.encodeTokens(small), encoder.encodeTokens(small)]);
    expect(pool.members.map((member) => shares(member).length)).toEqual([1, 1]);
  });

  test("with a row that does not fit fails as with one thread, and is not begun", async () => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool);
    const wrong = [...mixed, [7, 12_345]];
    const error = await alone.encodeTokens(wrong).catch((caught) => caught);
    await expect(encoder.encodeTokens(wrong)).rejects.toMatchObject({ code: "bad-input", message: error.message });
    expect(asks(pool.members[0]!)).toEqual(["open"]);
  });

  test("of pixels that are no pictures fails as with one thread", async () => {
    const encoder = await openWith(watchedPool(2), pictures);
    const error = { code: "bad-input" };
    await expect(encoder.encodePictures(new Float32Array(5))).rejects.toMatchObject(error);
    await expect(encoder.encodeTokens(mixed)).rejects.toMatchObject(error);
    await expect((await openWith(watchedPool(2))).encodePictures(new Float32Array(27_648))).rejects.toMatchObject(
      error,
    );
  });

  test("that fails in one thread has its error, and the others stop", async () => {
    let isFirst = true;
    const pool = watchedPool(3, (request) => {
      if (request.ask !== "tokens" || !isFirst) return;
      isFirst = false;
      request.ids[0] = 12_345;
    });
    const encoder = await openWith(pool);
    const error = { code: "bad-input", got: "the token id 12345", expected: "whole numbers from 0 to 299" };
    await expect(encoder.encodeTokens(many)).rejects.toMatchObject(error);
    expect(asks(pool.members[1]!)).toEqual(["open", "tokens", "stop"]);
    expect(encoder.threads).toBe(3);
    expectSame(await encoder.encodeTokens(mixed), expected);
  });
});

describe("a caller that waits", () => {
  const openWaiting = async (pool: EncoderThreadPool) => {
    const encoder = await openTogether(module, file, { pool, caller: "waits" });
    opened.push(encoder);
    return encoder;
  };

  test("computes no share, and as many others do as the pool has threads", async () => {
    const pool = watchedPool(2);
    const encoder = await openWaiting(pool);
    expect(encoder.threads).toBe(2);
    expectSame(await encoder.encodeTokens(mixed), expected);
    const tokens = pool.members.map((member) => sum(shares(member)[0]!.lengths));
    expect(sum(tokens)).toBe(sum(mixed.map((row) => row.length)));
    expect(Math.min(...tokens)).toBeGreaterThan(0);
  });

  test("computes a question, and hands out one long text", async () => {
    const pool = watchedPool(2);
    const encoder = await openWaiting(pool);
    const [question, long] = [drawRows(random, [12]), drawRows(random, [200])];
    expectSame(await encoder.encodeTokens(question), await alone.encodeTokens(question));
    expect(pool.members.flatMap(shares)).toEqual([]);
    expectSame(await encoder.encodeTokens(long), await alone.encodeTokens(long));
    expect(pool.members.flatMap(shares)).toHaveLength(1);
  });

  test("computes all when no other is left", async () => {
    const pool = watchedPool(1);
    const encoder = await openWaiting(pool);
    pool.members[0]!.thread.end();
    await pool.members[0]!.ended;
    expect(encoder.threads).toBe(1);
    expectSame(await encoder.encodeTokens(mixed), expected);
  });
});

describe("an abort", () => {
  test("in the middle stops every thread between layers, with the caller's reason", async () => {
    const pool = watchedPool(3);
    const encoder = await openWith(pool);
    const stop = new AbortController();
    const call = encoder.encodeTokens(many, stop.signal);
    setTimeout(() => stop.abort("enough"), 60);
    await expect(call).rejects.toMatchObject({ code: "aborted", cause: "enough" });
    for (const { answers } of pool.members)
      await expect.poll(() => answers.at(-1), { timeout: 1000 }).toMatchObject({ error: { code: "aborted" } });
    expectSame(await encoder.encodeTokens(mixed), expected);
  });

  test("of pictures stops every thread too", async () => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool, pictures);
    const stop = new AbortController();
    const call = encoder.encodePictures(drawPictures(random, 600), stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    expect(asks(pool.members[0]!)).toEqual(["open", "pictures", "stop"]);
  });

  test("does not wait for a thread that says nothing", async () => {
    const encoder = await openWith({ size: 2, start: startHere("tokens") });
    const stop = new AbortController();
    const call = encoder.encodeTokens(mixed.slice(0, 8), stop.signal);
    setTimeout(() => stop.abort("enough"), 100);
    await expect(call).rejects.toMatchObject({ code: "aborted", cause: "enough" });
  });

  test("before the call keeps it from beginning", async () => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool);
    await expect(encoder.encodeTokens(mixed, AbortSignal.abort("no"))).rejects.toMatchObject({ cause: "no" });
    expect(asks(pool.members[0]!)).toEqual(["open"]);
  });

  test("of one call leaves the others alone", async () => {
    const encoder = await openWith(watchedPool(2));
    const stop = new AbortController();
    const calls = [encoder.encodeTokens(many, stop.signal), encoder.encodeTokens(mixed)] as const;
    stop.abort();
    await expect(calls[0]).rejects.toMatchObject({ code: "aborted" });
    expectSame(await calls[1], expected);
  });

  test("after the call does nothing", async () => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool);
    const stop = new AbortController();
    await encoder.encodeTokens(mixed, stop.signal);
    stop.abort();
    expect(asks(pool.members[0]!)).toEqual(["open", "tokens"]);
  });
});

describe("a thread that dies", () => {
  test.each([
    ["ends", ({ end }: PoolThread) => end(), /a thread that ended with code 1/],
    ["fails", ({ post }: PoolThread) => post(null as never, []), /a thread that failed: .*null/],
  ])("as it %s fails the call that waits for it, and those left do the next", async (_, kill, got) => {
    const pool = watchedPool(3);
    const encoder = await openWith(pool);
    const call = encoder.encodeTokens(many);
    await heard(pool.members[0], "tokens");
    kill(pool.members[0]!.thread);
    await expect(call).rejects.toMatchObject({ code: "worker-died", got: expect.stringMatching(got) });
    expect(asks(pool.members[1]!)).toEqual(["open", "tokens", "stop"]);
    expect(encoder.threads).toBe(2);
    expectSame(await encoder.encodeTokens(mixed), expected);
    expect(asks(pool.members[1]!).at(-1)).toBe("tokens");
  });

  test("to all appearances, because its answer cannot be read, is said to be gone", () => {
    const on = vi.spyOn(Worker.prototype, "on");
    const gone = vi.fn();
    const thread = nodeEncoderThreads(2).start({ answer: () => {}, gone });
    (on.mock.contexts[0] as Worker).emit("messageerror", new Error("no such type"));
    expect(gone).toHaveBeenCalledWith("an answer that cannot be read: no such type");
    thread.end();
    on.mockRestore();
  });

  test("and is the last leaves the caller alone", async () => {
    const pool = watchedPool(2);
    const encoder = await openWith(pool);
    pool.members[0]!.thread.end();
    await pool.members[0]!.ended;
    expect(encoder.threads).toBe(1);
    expect(encoder.bytes).toBe((await openEncoder(module, file)).bytes);
    expectSame(await encoder.encodeTokens(mixed), expected);
  });
});

describe("close", () => {
  test("ends every thread, and the calls that wait", async () => {
    const pool = watchedPool(3);
    const encoder = await openWith(pool);
    const calls = [encoder.encodeTokens(many), encoder.encodeTokens(mixed)];
    await heard(pool.members[0], "tokens");
    encoder.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "closed" });
    await Promise.all(pool.members.map(({ ended }) => ended));
  });

  test("leaves nothing to call, and no memory", async () => {
    const encoder = await openWith(watchedPool(2));
    expect(encoder.bytes).toBe(2 * (await openEncoder(module, file)).bytes);
    encoder.close();
    encoder.close();
    await expect(encoder.encodeTokens(mixed)).rejects.toMatchObject({ code: "closed" });
    expect(encoder.bytes).toBe(0);
  });
});
