import { readFileSync } from "node:fs";
import type { OnnxRuntime } from "@pipit/core";
import type { EncoderBuild } from "@pipit/wasm";
import type { Engine, EngineName, ModelFile, ModelFiles } from "./engine.ts";

type Open = (file: ModelFile) => Promise<Engine>;

/** Imports an engine's code; the returned function opens the model, so that opening can be timed alone. */
export async function loadEngine(name: EngineName, files: ModelFiles): Promise<Open> {
  if (name.startsWith("kernel")) return kernel(name, files);
  if (name === "transformers") return (await import("./transformers-engine.ts")).loadTransformers();
  return name.startsWith("ort-web") ? webRuntime(files) : nativeRuntime(files);
}

async function kernel(name: EngineName, { tokenizer }: ModelFiles): Promise<Open> {
  const { openKernel } = await import("./kernel-engine.ts");
  const build = name === "kernel" ? "picked" : (name.slice("kernel-".length) as EncoderBuild);
  return (file) => openKernel(build, file, tokenizer);
}

async function webRuntime({ kind }: ModelFiles): Promise<Open> {
  const [web, { openOnnx }] = await Promise.all([import("onnxruntime-web/wasm"), import("./onnx-engine.ts")]);
  web.env.wasm.numThreads = 1;
  const session = { executionProviders: ["wasm"] } as const;
  return ({ path, bytes }) =>
    openOnnx(web as unknown as OnnxRuntime, bytes ?? new Uint8Array(readFileSync(path)), { kind, session });
}

async function nativeRuntime({ kind }: ModelFiles): Promise<Open> {
  const [native, { openOnnx }] = await Promise.all([import("onnxruntime-node"), import("./onnx-engine.ts")]);
  const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  return ({ path, bytes }) => openOnnx(native as unknown as OnnxRuntime, bytes ?? path, { kind, session });
}
