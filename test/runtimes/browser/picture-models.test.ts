import { readFile } from "node:fs/promises";
import { goldenPictures } from "@pipit/core";
import { beforeAll, describe, expect, test } from "vitest";
import { drawnClip } from "../../fixtures/clip-drawn.ts";
import { usePages } from "./open-page.ts";
import type { PictureModelTask } from "./pages/picture-model-worker.ts";

const pages = usePages();
const clip = drawnClip();
const signal = new AbortController().signal;
let onNode: { readonly onnx: Float32Array; readonly kernel: Float32Array };

beforeAll(async () => {
  const [onnx, kernel] = await Promise.all([clip.onnx(), clip.kernel()]);
  onNode = { onnx: await onnx.run(goldenPictures(), signal), kernel: await kernel.run(goldenPictures(), signal) };
});

describe("an encoder of pictures in a worker of Chromium", () => {
  test("has Node's bits on the encoder kernel", async () => {
    expect(await vectorsOn("kernel")).toEqual([...onNode.kernel]);
  });

  test.each(["wasm", "webgpu"] as const)("has Node's fp32 vectors on %s", async (backend) => {
    const vectors = await vectorsOn(backend);
    expect(vectors).toHaveLength(onNode.onnx.length);
    const distances = vectors.map((value, at) => Math.abs(value - onNode.onnx[at]!));
    expect(Math.max(...distances)).toBeLessThan(1e-5);
  });
});

async function vectorsOn(backend: PictureModelTask["backend"]): Promise<number[]> {
  const page = await pages.open();
  // With a null adapter WebGPU would not be what is tested.
  if (backend === "webgpu")
    expect(await page.evaluate(async () => (await navigator.gpu.requestAdapter()) !== null)).toBe(true);
  const kernel = await readFile(new URL("../../../wasm/build/encoder-simd.wasm", import.meta.url));
  const weights = backend === "kernel" ? await clip.packed() : clip.weights;
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const sent = { spec: clip.spec, backend, weights: base64(weights), kernel: base64(kernel) };
  return page.evaluate(async (given) => {
    const bytes = async (text: string) =>
      new Uint8Array(await (await fetch(`data:application/octet-stream;base64,${text}`)).arrayBuffer());
    const task = { ...given, weights: await bytes(given.weights), kernel: await bytes(given.kernel) };
    const worker = new Worker(new URL("./picture-model-worker.ts", location.href), { type: "module" });
    const answer = await new Promise<MessageEvent>((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(task);
    });
    worker.terminate();
    return answer.data;
  }, sent);
}
