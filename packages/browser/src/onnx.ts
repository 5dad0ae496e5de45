import type { OnnxRuntime } from "@pipit/core";

export type OnnxDevice = "webgpu" | "wasm";

const MOST_THREADS = 4;

/**
 * ONNX Runtime for one device, loaded on first use: a page that never loads a model does not load it. Its files come
 * from `ortUrl`, never from a CDN. Each device has a build of its own; the one for WebGPU is twice the size.
 */
export async function openOnnxRuntime(device: OnnxDevice, ortUrl: string): Promise<OnnxRuntime> {
  const runtime = device === "webgpu" ? await import("onnxruntime-web/webgpu") : await import("onnxruntime-web/wasm");
  const { wasm } = runtime.env;
  wasm.wasmPaths = new URL(ortUrl.endsWith("/") ? ortUrl : `${ortUrl}/`, location.href).href;
  // Threads share memory, which only isolated pages may use; several threads return the same bits as one.
  wasm.numThreads = crossOriginIsolated ? Math.min(MOST_THREADS, Math.ceil(navigator.hardwareConcurrency / 2)) : 1;
  return runtime as unknown as OnnxRuntime;
}

/** The reason why WebGPU must not be tried here, or undefined when an adapter of the admitted kind exists. */
export async function whyNoWebGpu(admitted: "hardware" | "any" | "never"): Promise<string | undefined> {
  if (admitted === "never") return "WebGPU is switched off";
  if (!("gpu" in navigator)) return "this browser has no WebGPU";
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  if (!adapter) return "WebGPU has no adapter here";
  if (admitted === "hardware" && adapter.info.isFallbackAdapter) return "WebGPU runs in software here";
  return undefined;
}
