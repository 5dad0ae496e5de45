import { readFile } from "node:fs/promises";
import { MINILM } from "@pipit/core";
import { openEncoder } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { encoderJob, packedMinilm } from "../../fixtures/encoder-job.ts";
import { bitsOf, type EncoderWalkThrough, encoderWalkThrough } from "../../fixtures/encoder-walk-through.ts";
import { minilmFolder, referenceTexts } from "../../fixtures/minilm.ts";
import { usePages } from "./open-page.ts";
import type { MinilmAnswers } from "./pages/encoder-worker.ts";
import type {} from "./pages/tab.ts";

const pages = usePages();
const BUILDS = ["relaxed", "maddubs", "simd"] as const;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe.each(BUILDS)("the encoder in a worker of Chromium (%s)", (build) => {
  let inTab: EncoderWalkThrough;
  let onNode: EncoderWalkThrough;

  beforeAll(async () => {
    const { sentences, ...models } = await encoderJob();
    onNode = await encoderWalkThrough(await loadBuild(build, "encoder"), { sentences, ...models });
    const given = {
      bert: base64(models.bert),
      clipText: base64(models.clipText),
      clipPicture: base64(models.clipPicture),
    };
    inTab = (await runInWorker(await pages.open(), {
      wasm: [await wasmOf(build)],
      models: given,
      rest: { sentences },
    })) as EncoderWalkThrough;
  });

  test("packs the files that Node packs, to the byte", () => {
    expect(inTab.files).toEqual(onNode.files);
  });

  test("answers sentences as Node does, to the bit, alone and among others", () => {
    expect(inTab.build).toBe(build);
    expect(inTab.sentences).toHaveLength(10);
    expect(inTab.sentences).toEqual(onNode.sentences);
    expect(inTab.alone).toEqual(onNode.sentences);
  });

  test("answers token vectors as Node does, to the bit", () => {
    expect(inTab.tokens[0].length).toBeGreaterThan(100);
    expect(inTab.tokens).toEqual(onNode.tokens);
  });

  test("answers texts and pictures of CLIP's towers as Node does, to the bit", () => {
    expect(inTab.clipTexts).toEqual(onNode.clipTexts);
    expect(inTab.pictures).toEqual(onNode.pictures);
  });

  test("refuses every damaged file", () => {
    expect(inTab.damaged).toEqual(["bad-model"]);
  });
});

describe.skipIf(!minilmFolder)("the real MiniLM in a worker of Chromium", () => {
  test("is packed as Node packs it, and answers with Node's bits in every build", async () => {
    const rows = referenceTexts(minilmFolder!).map(({ ids }) => ids);
    const encoder = await openEncoder(await loadBuild("simd", "encoder"), await packedMinilm(minilmFolder!));
    const expected = bitsOf(await encoder.encodeTokens(rows), encoder);
    const rest = { model: "/models/all-MiniLM-L6-v2/onnx/model.onnx", rows };
    const wasm = await Promise.all(BUILDS.map(wasmOf));
    const got = (await runInWorker(await pages.open(), { wasm, rest })) as MinilmAnswers;
    expect(got.sha256).toBe(MINILM.variants.packed!.weights.accepts[0]!.sha256);
    expect(got.vectors).toHaveLength(3);
    for (const vectors of got.vectors) expect(vectors).toEqual(expected);
  });
});

async function wasmOf(build: string): Promise<string> {
  return base64(await readFile(new URL(`../../../wasm/build/encoder-${build}.wasm`, import.meta.url)));
}

interface Given {
  readonly wasm: readonly string[];
  /** The files of a job, in base64. */
  readonly models?: Readonly<Record<string, string>>;
  readonly rest: object;
}

function runInWorker(page: Page, given: Given): Promise<unknown> {
  return page.evaluate(async ({ wasm, models, rest }) => {
    const bytes = async (base64: string) => {
      const response = await fetch(`data:application/octet-stream;base64,${base64}`);
      return new Uint8Array(await response.arrayBuffer());
    };
    const files = Object.entries(models ?? {}).map(async ([name, file]) => [name, await bytes(file)] as const);
    const job = { ...rest, ...Object.fromEntries(await Promise.all(files)) };
    const task = { wasm: await Promise.all(wasm.map(bytes)), ...(models ? { job } : job) };
    const worker = new Worker(new URL("./encoder-worker.ts", location.href), { type: "module" });
    const answer = await new Promise<MessageEvent>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(task);
    });
    worker.terminate();
    return answer.data;
  }, given);
}
