import { GOLDEN, type GoldenModelOptions, goldenModel } from "@pipit/test/fixtures/golden-model";
import { beforeEach, describe, expect, test } from "vitest";
import { PipitError } from "../errors.ts";
import { provenModels, whyProven, whySkipped } from "./proven-models.ts";
import type { LoadProgress, ModelProvider } from "./provider.ts";

let closed: string[];
let opened: string[];
beforeEach(() => {
  closed = [];
  opened = [];
});

interface Planned extends GoldenModelOptions {
  readonly whyNot?: string;
  readonly failure?: unknown;
}

function provider(name: string, { whyNot, failure, ...model }: Planned = {}): ModelProvider {
  return {
    name,
    backend: "cpu",
    whyNot: async () => whyNot,
    async open() {
      opened.push(name);
      if (failure !== undefined) throw failure;
      return goldenModel({ name, onClose: () => closed.push(name), ...model });
    },
  };
}

describe("providers in order of preference", () => {
  test("end at the first that is proven: those after it are not opened", async () => {
    const { proven, skipped } = await provenModels([provider("best"), provider("second")], GOLDEN);
    expect(proven.map(({ provider }) => provider.name)).toEqual(["best"]);
    expect([skipped, opened, closed]).toEqual([[], ["best"], []]);
    expect(whyProven(proven[0]!)).toMatch(/^best proven on cpu: least cosine to fp32 1\.000000, .9999 asked$|0\.9999/);
  });

  test("are skipped with the reason if they are missing, fail, or compute other numbers; the latter are closed", async () => {
    const refusal = new PipitError("bad-model", { got: "torn bytes", expected: "a model", do: "Fetch it." });
    const { proven, skipped } = await provenModels(
      [
        provider("gpu", { whyNot: "no adapter" }),
        provider("torn", { failure: refusal }),
        provider("odd", { failure: "out of order" }),
        provider("wrong", { isWrong: true }),
        provider("last"),
      ],
      GOLDEN,
    );
    expect(skipped.map(whySkipped)).toEqual([
      "gpu: no adapter",
      `torn: ${refusal.message}`,
      "odd: out of order",
      expect.stringMatching(/^wrong: least cosine to fp32 0\.0+, /),
    ]);
    expect(skipped.map(({ error }) => error.code)).toEqual([
      "model-unavailable",
      "bad-model",
      "unsupported",
      "numbers-not-proven",
    ]);
    expect([opened, closed]).toEqual([["torn", "odd", "wrong", "last"], ["wrong"]]);
    expect(whyProven(proven[0]!, skipped.slice(0, 1).map(whySkipped))).toMatch(/ \(gpu: no adapter\)$/);
  });

  test("tell why a model makes no token vectors that was to make some", async () => {
    const { proven } = await provenModels([provider("a")], GOLDEN);
    const silent = { ...proven[0]!.model, whyNoTokens: "no such file" };
    expect(whyProven({ ...proven[0]!, model: silent })).toMatch(/ \(no token vectors: no such file\)$/);
    expect(whyProven({ ...proven[0]!, model: silent }, ["gpu: no adapter"])).toMatch(
      / \(gpu: no adapter; no token vectors: no such file\)$/,
    );
  });

  test("that all fail leave none, and every reason", async () => {
    const { proven, skipped } = await provenModels([provider("a", { failure: new Error("broken") })], GOLDEN);
    expect([proven, skipped.map(whySkipped)]).toEqual([[], ["a: broken"]]);
  });

  test("are opened until as many as were asked for are proven", async () => {
    const all = [provider("a"), provider("b", { whyNot: "no" }), provider("c"), provider("d")];
    const { proven } = await provenModels(all, GOLDEN, { most: 2 });
    expect(proven.map(({ provider }) => provider.name)).toEqual(["a", "c"]);
    expect([opened, closed]).toEqual([["a", "c"], []]);
  });

  test("report their proof", async () => {
    const reports: LoadProgress[] = [];
    await provenModels([provider("a")], GOLDEN, { onProgress: (progress) => void reports.push(progress) });
    expect(reports).toEqual([
      { stage: "prove", done: 0, total: 1 },
      { stage: "prove", done: 1, total: 1 },
    ]);
  });
});

describe("a load that is aborted closes all models, and rejects with aborted", () => {
  const controller = () => new AbortController();

  test("while the second is opened", async () => {
    const ending = controller();
    const leaving: ModelProvider = {
      name: "second",
      backend: "cpu",
      async open() {
        ending.abort(new Error("closing"));
        throw new Error("its download was cut off");
      },
    };
    const loading = provenModels([provider("first"), leaving], GOLDEN, { most: 2, signal: ending.signal });
    await expect(loading).rejects.toMatchObject({ code: "aborted" });
    expect(closed).toEqual(["first"]);
  });

  test("while the second is proven", async () => {
    const ending = controller();
    const onRun = () => {
      ending.abort();
      ending.signal.throwIfAborted();
    };
    const loading = provenModels([provider("first"), provider("second", { onRun })], GOLDEN, {
      most: 2,
      signal: ending.signal,
    });
    await expect(loading).rejects.toMatchObject({ code: "aborted" });
    expect(closed).toEqual(["second", "first"]);
  });
});
