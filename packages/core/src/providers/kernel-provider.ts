import { createKernelTextModel, type TokenEncoder } from "../embed/kernel-model.ts";
import { openModelFile } from "../models/sources.ts";
import type { TokenProjection } from "../tokens/token-projection.ts";
import { findPacked, isPackable, type PackedSearch } from "./find-packed.ts";
import { findProjection, type ProjectionSearch } from "./find-projection.ts";
import type { ModelProvider } from "./provider.ts";
import { readingOf } from "./reading.ts";

export interface KernelProviderOptions extends Pick<PackedSearch, "sources" | "packing">, ProjectionSearch {
  /** Opens a packed file on this device, and makes token vectors if there is a projection. */
  open(packed: Uint8Array, options: { readonly projection?: TokenProjection | undefined }): Promise<TokenEncoder>;
}

/** The encoder kernel, from a packed file. If none is found, the model's own weights are packed once and the result is kept. */
export function kernelProvider(given: KernelProviderOptions): ModelProvider {
  const { spec, sources, packing } = given;
  return {
    name: "wasm kernel",
    backend: "wasm",
    whyNot: async () => (isPackable(spec, packing) ? undefined : "the encoder kernel does not know this model"),
    async open(options) {
      const reading = readingOf(options);
      const onPacked = (done: number, total: number) => options.onProgress?.({ stage: "pack", done, total });
      const { bytes: tokenizer } = await openModelFile(sources, { spec, file: spec.tokenizer }, reading);
      const { projection, whyNoTokens } = await findProjection(given, options.signal);
      const open = (packed: Uint8Array) => given.open(packed, { projection });
      const encoder = await findPacked({ spec, sources, reading, open, packing, onPacked });
      return { ...createKernelTextModel({ encoder, spec, tokenizer }), whyNoTokens };
    },
  };
}
