import { openOnnxRuntime } from "@pipit/browser/host";
import {
  type BatchModel,
  createKernelPictureModel,
  createOnnxPictureModel,
  goldenPictures,
  type PictureModelSpec,
} from "@pipit/core";
import { openEncoder } from "@pipit/wasm";

export interface PictureModelTask {
  readonly spec: PictureModelSpec;
  readonly backend: "kernel" | "wasm" | "webgpu";
  /** The packed file for the kernel, else the ONNX file. */
  readonly weights: Uint8Array<ArrayBuffer>;
  /** The kernel's module. */
  readonly kernel: Uint8Array<ArrayBuffer>;
}

/** Answers the vectors of the golden pictures. */
self.onmessage = async ({ data }: MessageEvent<PictureModelTask>) => {
  const model = await open(data);
  const vectors = await model.run(goldenPictures(), new AbortController().signal);
  await model.close();
  self.postMessage([...vectors]);
};

async function open({ spec, backend, weights, kernel }: PictureModelTask): Promise<BatchModel> {
  if (backend === "kernel") {
    return createKernelPictureModel({ encoder: await openEncoder(await WebAssembly.compile(kernel), weights), spec });
  }
  const runtime = await openOnnxRuntime(backend, "/ort/");
  const session = { executionProviders: [backend] } as const;
  return createOnnxPictureModel({ runtime, spec, variant: "fp32", weights, session });
}
