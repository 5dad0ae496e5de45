import { minilmTwin } from "@pipit/test/fixtures/minilm-twin";
import { twinProjection } from "@pipit/test/fixtures/twin-projection";
import { expect, test } from "vitest";
import type { OnnxRuntime } from "../embed/onnx-runtime.ts";
import type { ModelSource } from "../models/sources.ts";
import { type OnnxProviderOptions, onnxProvider } from "./onnx-provider.ts";
import type { LoadProgress } from "./provider.ts";

const { spec, files } = await minilmTwin();
const stored: Readonly<Record<string, Uint8Array>> = {
  "minilm-twin/tokenizer.json": files.tokenizer,
  "minilm-twin/onnx/model.onnx": files.weights,
};
const shelf: ModelSource = {
  name: "shelf",
  async read(path, { onProgress }) {
    onProgress?.(1, 2);
    return stored[path];
  },
};

const sessions: unknown[] = [];
const runtime = {
  InferenceSession: {
    create: async (_: Uint8Array, options: unknown) => {
      sessions.push(options);
      return { inputNames: [], release: async () => undefined };
    },
  },
} as unknown as OnnxRuntime;

const provider = (options: Partial<OnnxProviderOptions> = {}) =>
  onnxProvider({
    name: "cpu fp32",
    backend: "cpu",
    spec,
    variant: "fp32",
    sources: [shelf],
    runtime: async () => runtime,
    ...options,
  });

test("opens the variant's file in a session with the given options, and reports the download of each file", async () => {
  const [stages, names] = [new Set<LoadProgress["stage"]>(), new Set<string>()];
  const session = { executionProviders: ["cpu"] } as const;
  const model = await provider({ session }).open({
    onProgress: ({ stage }) => void stages.add(stage),
    onFile: ({ file, source }) => void names.add(`${file} from ${source}`),
  });
  expect(model.producer).toEqual(spec.variants.fp32!.producer);
  expect(sessions).toEqual([session]);
  expect([...stages]).toEqual(["download"]);
  expect([...names]).toEqual(["tokenizer.json from shelf", "onnx/model.onnx from shelf"]);
});

test("makes token vectors with the projection, or none and says why", async () => {
  const projection = twinProjection(spec.space, { width: spec.space.dimensions, dimensions: 16 });
  const models = [
    await provider({ projection: async () => projection }).open({}),
    await provider({ projection: () => Promise.reject(new Error("no such file")) }).open({}),
    await provider().open({}),
  ];
  expect(models.map(({ tokens }) => tokens?.space)).toEqual([projection.tokenSpace, undefined, undefined]);
  expect(models.map(({ whyNoTokens }) => whyNoTokens)).toEqual([undefined, "no such file", undefined]);
});

test("cannot be tried without the variant, or where the host says why not", async () => {
  expect(await provider().whyNot?.()).toBeUndefined();
  expect(await provider({ variant: "q8" }).whyNot?.()).toBe("the model has no q8");
  expect(await provider({ whyNot: async () => "no adapter" }).whyNot?.()).toBe("no adapter");
});
