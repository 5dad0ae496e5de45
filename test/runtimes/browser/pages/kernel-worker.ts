import { seededSnapshot, walkThrough } from "../../../fixtures/kernel-walk-through.ts";

export interface KernelJob {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly snapshot: Uint8Array<ArrayBuffer>;
}

self.onmessage = async ({ data }: MessageEvent<KernelJob>) => {
  const module = await WebAssembly.compile(data.wasm);
  self.postMessage({ ...(await walkThrough(module, data.snapshot)), snapshot: await seededSnapshot(module) });
};
