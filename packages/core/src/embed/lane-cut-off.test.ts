import { AsyncLocalStorage } from "node:async_hooks";
import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { AbortedError } from "../errors.ts";
import { contentOf, textsOf } from "../pieces.ts";
import { textPiece } from "../prepare/text-piece.ts";
import { spaceOf } from "../space.ts";
import type { BatchModel } from "./batch-model.ts";
import { createLane } from "./lane.ts";

const SPACE = spaceOf({
  name: "compass",
  weights: "w",
  tokenizer: "t",
  preprocessing: "p",
  pooling: "none",
  normalization: "l2",
  dimensions: 2,
});
/** Waiting calls check every five milliseconds. */
const CUT_OFF_MS = 20;

const pieces = (...texts: string[]) => texts.map(textPiece);
const rowOf = (text: string) => (text === "a" ? [1, 0] : [0, 1]);
const rowsOf = (...texts: string[]) => Float32Array.from(texts.flatMap(rowOf));
const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

interface Run {
  readonly texts: readonly string[];
  readonly signal: AbortSignal;
  /** The caller whose call computes it. */
  readonly caller: string | undefined;
  end(): void;
}

const callers = new AsyncLocalStorage<string>();

/** Runs that end when a test ends them, or with `aborted` soon after an abort. */
function compassModel(maxRows: number) {
  const runs: Run[] = [];
  const model: BatchModel = {
    space: SPACE,
    producer: { name: "compass", fidelity: { mean: 1, min: 1 } },
    modality: "text",
    window: { limit: 50, count: (text) => text.length },
    batchShape: { maxTokens: 100, maxRows },
    cost: (piece) => contentOf(piece).length,
    run: (given, signal) =>
      new Promise((resolve, reject) => {
        const texts = textsOf(given);
        signal.addEventListener("abort", () => setTimeout(() => reject(new AbortedError(signal.reason)), 1));
        runs.push({ texts, signal, caller: callers.getStore(), end: () => resolve(rowsOf(...texts)) });
      }),
    close: async () => {},
  };
  return { model, runs, textsRun: () => runs.map(({ texts }) => texts) };
}

/** The same, but an abort changes nothing: a run that was cut off may still return. */
function stubbornModel(maxRows: number) {
  const compass = compassModel(maxRows);
  const run: BatchModel["run"] = (given) => compass.model.run(given, new AbortController().signal);
  return { ...compass, model: { ...compass.model, run } };
}

async function began(runs: readonly Run[], count: number): Promise<Run> {
  while (runs.length < count) await pause(1);
  return runs[count - 1]!;
}

describe("a lane whose callers may be cut off", () => {
  test("goes on with the texts of a run that stands still, for those who joined it and the others", async () => {
    const { model, runs, textsRun } = compassModel(4);
    const lane = createLane(model, { cutOffMs: CUT_OFF_MS });
    const first = lane.embed(pieces("a"));
    await began(runs, 1);
    const second = lane.embed(pieces("a"));
    const again = await began(runs, 2);
    // The first one has failed with the abort by then.
    await pause(5);
    again.end();
    expect(await Promise.all([first, second])).toEqual([rowsOf("a"), rowsOf("a")]);
    expect(textsRun()).toEqual([["a"], ["a"]]);
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  test("computes none of them again that nobody waits for", async () => {
    const { model, runs, textsRun } = stubbornModel(4);
    const lane = createLane(model, { cutOffMs: CUT_OFF_MS });
    const leaving = new AbortController();
    lane.embed(pieces("a"), { signal: leaving.signal }).catch(() => undefined);
    const stays = lane.embed(pieces("b"));
    await began(runs, 1);
    leaving.abort();
    (await began(runs, 2)).end();
    await stays;
    expect(textsRun()).toEqual([["a", "b"], ["b"]]);
  });

  test("is not disturbed by a run that returns late: the next one can still be joined", async () => {
    const { model, runs, textsRun } = stubbornModel(1);
    const lane = createLane(model, { cutOffMs: CUT_OFF_MS });
    void lane.embed(pieces("a"));
    const late = await began(runs, 1);
    const both = lane.embed(pieces("a", "b"), { priority: "bulk" });
    (await began(runs, 2)).end();
    const last = await began(runs, 3);
    late.end();
    await pause(2);
    const joining = lane.embed(pieces("b"));
    last.end();
    await pause(20);
    expect(textsRun()).toHaveLength(3);
    expect(await Promise.all([both, joining])).toEqual([rowsOf("a", "b"), rowsOf("b")]);
    expect(textsRun()).toEqual([["a"], ["a"], ["b"]]);
  });

  test("lets no call continue in another one's turn: each gets its answer in its own", async () => {
    const { model, runs } = compassModel(4);
    const lane = createLane(model, { cutOffMs: 10_000 });
    const answered: string[] = [];
    const note = (name: string) => () => void answered.push(name);
    const first = lane.embed(pieces("a")).then(note("first"));
    const run = await began(runs, 1);
    const second = lane.embed(pieces("a")).then(note("second"));
    run.end();
    await first;
    for (let i = 0; i < 20; i++) await Promise.resolve();
    expect(answered).toEqual(["first"]);
    await second;
  });
});

describe("a caller that left", () => {
  test("computes nothing for the others in its turn", async () => {
    const { model, runs } = compassModel(1);
    const lane = createLane(model);
    const leaving = new AbortController();
    const embed = (caller: string, signal?: AbortSignal) =>
      callers.run(caller, () => lane.embed(pieces(caller), { signal }));
    const first = embed("a");
    const gone = embed("b", leaving.signal);
    const last = embed("c");
    const run = await began(runs, 1);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: "aborted" });
    run.end();
    (await began(runs, 2)).end();
    await Promise.all([first, last]);
    expect(runs.map(({ caller }) => caller)).toEqual(["a", "c"]);
  });

  test("leaves a run that is being given up, which nobody joins", async () => {
    const { model, runs } = compassModel(4);
    const lane = createLane(model);
    const leaving = new AbortController();
    const gone = lane.embed(pieces("a"), { signal: leaving.signal });
    await began(runs, 1);
    leaving.abort();
    const next = lane.embed(pieces("a"));
    await expect(gone).rejects.toMatchObject({ code: "aborted" });
    (await began(runs, 2)).end();
    expect(await next).toEqual(rowsOf("a"));
  });

  test("is listened to no longer than its call takes", async () => {
    const { model, runs } = compassModel(4);
    const { signal } = new AbortController();
    const call = createLane(model).embed(pieces("a"), { signal });
    (await began(runs, 1)).end();
    await call;
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
