import { GOLDEN, goldenModel } from "@pipit/test/fixtures/golden-model";
import { beforeEach, describe, expect, test } from "vitest";
import type { BatchModel } from "../embed/batch-model.ts";
import { AbortedError } from "../errors.ts";
import { signBits } from "../tokens/token-vectors.ts";
import { provenModels } from "./proven-models.ts";
import type { ModelProvider } from "./provider.ts";
import { reopeningModel } from "./reopening-model.ts";

/** What fails in each model that is opened: at a run of its own, and what else is unusual. */
interface Plan {
  readonly runFails?: unknown;
  readonly openFails?: Error;
  readonly name?: string;
  readonly isWrong?: boolean;
  readonly tokenSpace?: string;
}

let plans: Plan[];
let log: string[];
let unusable: number;
let calls: number;

beforeEach(() => {
  plans = [];
  log = [];
  unusable = 0;
  calls = 0;
});

const { signal } = new AbortController();
const TEXTS = GOLDEN.pieces;

/** Opens the next plan. A model's proof is its first run, which always works. */
const provider: ModelProvider = {
  name: "gpu",
  backend: "webgpu",
  async open() {
    const at = ++calls;
    const { runFails, openFails, ...unusual } = plans.shift() ?? {};
    log.push(`open ${at}`);
    if (openFails) throw openFails;
    let runs = 0;
    const onRun = () => {
      if (runs++ > 0) log.push(`run ${at}`);
      if (runs > 1 && runFails !== undefined) throw runFails;
    };
    return goldenModel({ ...unusual, onRun, onClose: () => log.push(`close ${at}`) });
  },
};

async function opened(...given: Plan[]): Promise<BatchModel> {
  plans = given;
  const { proven } = await provenModels([provider], GOLDEN);
  return reopeningModel(proven[0]!, { golden: GOLDEN, onUnusable: () => unusable++ });
}

const LOST = new TypeError("the device was lost");

describe("a model whose provider can open it again", () => {
  test("runs on what was proven as long as that works", async () => {
    const model = await opened();
    expect(await model.run(TEXTS, signal)).toEqual(GOLDEN.vectors);
    await model.close();
    expect([log, unusable]).toEqual([["open 1", "run 1", "close 1"], 0]);
  });

  test("is closed after its first failure, opened and proven again, and answers the same call", async () => {
    const model = await opened({ runFails: LOST }, {});
    expect(await model.run(TEXTS, signal)).toEqual(GOLDEN.vectors);
    expect(await model.run(TEXTS, signal)).toEqual(GOLDEN.vectors);
    expect([log, unusable]).toEqual([["open 1", "run 1", "close 1", "open 2", "run 2", "run 2"], 0]);
  });

  test("fails with a typed error if the second one fails too, and the next call tries again", async () => {
    const model = await opened({ runFails: LOST }, { runFails: LOST }, {});
    await expect(model.run(TEXTS, signal)).rejects.toMatchObject({ code: "unsupported", cause: LOST });
    expect(unusable).toBe(1);
    expect(await model.run(TEXTS, signal)).toEqual(GOLDEN.vectors);
    expect(log).toEqual(["open 1", "run 1", "close 1", "open 2", "run 2", "close 2", "open 3", "run 3"]);
  });

  test.each([
    ["cannot be opened", { openFails: new Error("no adapter") }, "unsupported"],
    ["computes other numbers", { isWrong: true }, "numbers-not-proven"],
    ["has become another producer", { name: "other" }, "bad-model"],
  ])("fails if it %s then", async (_, second, code) => {
    const model = await opened({ runFails: LOST }, second);
    await expect(model.run(TEXTS, signal)).rejects.toMatchObject({ code });
    expect(unusable).toBe(1);
  });

  test("is kept when a call aborts between its steps", async () => {
    const model = await opened({ runFails: new AbortedError("left") });
    await expect(model.run(TEXTS, signal)).rejects.toMatchObject({ code: "aborted" });
    expect([log, unusable]).toEqual([["open 1", "run 1"], 0]);
  });

  test("is closed when it fails while a call aborts, and opened by the next call", async () => {
    const ending = new AbortController();
    const model = await opened({ runFails: LOST }, {});
    const running = model.run(TEXTS, ending.signal);
    ending.abort();
    await expect(running).rejects.toMatchObject({ code: "aborted" });
    expect(log).toEqual(["open 1", "run 1", "close 1"]);
    expect(await model.run(TEXTS, signal)).toEqual(GOLDEN.vectors);
    expect(unusable).toBe(0);
  });

  test("that is closed while it is opened again leaves nothing open", async () => {
    const model = await opened({ runFails: LOST }, {});
    const running = model.run(TEXTS, signal);
    while (!log.includes("open 2")) await Promise.resolve();
    await model.close();
    await expect(running).rejects.toMatchObject({ code: "closed" });
    expect(log.at(-1)).toBe("close 2");
  });

  test("is not opened again once it was closed", async () => {
    const model = await opened({ runFails: LOST }, {});
    const running = model.run(TEXTS, signal);
    await model.close();
    await expect(running).rejects.toMatchObject({ code: "unsupported" });
    expect(log.filter((entry) => entry.startsWith("open"))).toEqual(["open 1"]);
  });
});

describe("a model of token vectors whose provider can open it again", () => {
  const [ONE, OTHER] = ["1".repeat(32), "2".repeat(32)];
  const withTokens = (...rest: Plan[]) => opened({ tokenSpace: ONE, runFails: LOST }, ...rest);

  test("names their space and the words of a text, and one without them has none", async () => {
    const { tokens } = await opened({ tokenSpace: ONE });
    expect([tokens!.space.id, tokens!.ranges("owl")]).toEqual([ONE, [{ start: 0, end: 3 }]]);
    expect((await opened()).tokens).toBeUndefined();
  });

  test("is opened and proven again for the call for tokens that failed", async () => {
    const model = await withTokens({ tokenSpace: ONE });
    const { vectors, tokens, counts } = await model.tokens!.run(TEXTS, "floats", signal);
    expect([vectors, tokens, counts]).toEqual([GOLDEN.vectors, GOLDEN.vectors, [1, 1, 1]]);
    expect((await model.tokens!.run(TEXTS, "bits", signal)).tokens).toEqual(signBits(GOLDEN.vectors));
    expect([log, unusable]).toEqual([["open 1", "run 1", "close 1", "open 2", "run 2", "run 2"], 0]);
  });

  test.each([
    ["token vectors of another space", { tokenSpace: OTHER }, OTHER],
    ["no token vectors", {}, "space none"],
  ])("fails with bad-model and is closed if it makes %s then", async (_, second, got) => {
    const model = await withTokens(second);
    const running = model.tokens!.run(TEXTS, "bits", signal);
    await expect(running).rejects.toMatchObject({ code: "bad-model", got: expect.stringContaining(got) });
    expect([log.at(-1), unusable]).toEqual(["close 2", 1]);
  });

  test("may make some then if it made none before", async () => {
    const model = await opened({ runFails: LOST }, { tokenSpace: ONE });
    expect(await model.run(TEXTS, signal)).toEqual(GOLDEN.vectors);
  });
});
