import { createKernelTextModel, openModelFile } from "@pipit/core";
import { findEncoder, isPackable, type Packing } from "@pipit/wasm";
import { loadEncoder, pickedEncoder } from "@pipit/wasm/web";
import { openingOptions } from "./download.ts";
import { buildMemory, keptFile } from "./model-cache.ts";
import type { Load, Provider } from "./provider.ts";
import type { ImproveOptions } from "./tab-engine.ts";

/** The smaller download first. */
const FROM = ["q8", "fp32"] as const;

/**
 * The encoder kernel, from a packed file if one is served. Otherwise the model's own file is packed here once, in some seconds, and
 * the result is stored.
 */
export const kernelProvider: Provider = {
  name: "wasm kernel",
  backend: "wasm",
  async whyNot({ spec, recipe }) {
    const isKnown = isPackable(spec, recipe && { from: FROM });
    return isKnown ? undefined : "the encoder kernel does not know this model";
  },
  async open(load, options) {
    const { spec, source, threads } = load;
    const sources = [source];
    const reading = openingOptions(options);
    const open = (bytes: Uint8Array) => loadEncoder(bytes, { memory: buildMemory, threads });
    const { bytes: tokenizer } = await openModelFile(sources, { spec, file: spec.tokenizer }, reading);
    const encoder = await findEncoder({ spec, sources, reading, open, packing: packingOf(load, options) });
    return createKernelTextModel({ encoder, spec, tokenizer });
  },
};

function packingOf({ models, recipe }: Load, { onProgress }: ImproveOptions): Packing | undefined {
  return (
    recipe && {
      recipe,
      module: async () => (await pickedEncoder(buildMemory)).module,
      kept: (name) => keptFile(models, name),
      from: FROM,
      onProgress: (done, total) => onProgress?.({ stage: "pack", done, total }),
    }
  );
}
