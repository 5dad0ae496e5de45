import { createKernelTextModel } from "../embed/kernel-model.ts";
import { openModelFile } from "../models/sources.ts";
import { findPacked, isPackable, type PackedSearch } from "./find-packed.ts";
import type { ModelProvider } from "./provider.ts";
import { readingOf } from "./reading.ts";

export type KernelProviderOptions = Pick<PackedSearch, "spec" | "sources" | "open" | "packing">;

/** The encoder kernel, from a packed file. If none is found, the model's own weights are packed once and the result is kept. */
export function kernelProvider({ spec, sources, open, packing }: KernelProviderOptions): ModelProvider {
  return {
    name: "wasm kernel",
    backend: "wasm",
    whyNot: async () => (isPackable(spec, packing) ? undefined : "the encoder kernel does not know this model"),
    async open(options) {
      const reading = readingOf(options);
      const onPacked = (done: number, total: number) => options.onProgress?.({ stage: "pack", done, total });
      const { bytes: tokenizer } = await openModelFile(sources, { spec, file: spec.tokenizer }, reading);
      const encoder = await findPacked({ spec, sources, reading, open, packing, onPacked });
      return createKernelTextModel({ encoder, spec, tokenizer });
    },
  };
}
