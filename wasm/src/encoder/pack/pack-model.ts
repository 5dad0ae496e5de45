import type { EncoderAbout } from "../encoder-file.ts";
import { EncoderKernel } from "../encoder-kernel.ts";
import { openWeights } from "../weights/open-weights.ts";
import type { EncoderFamily } from "./encoder-family.ts";
import { type LayerStatistics, type PackOptions, packEncoder } from "./pack-encoder.ts";

/** How a model is packed, whichever file its weights come from. */
export interface EncoderRecipe {
  readonly family: EncoderFamily;
  readonly heads: number;
  /** Positions kept: the model's window. All unless told. */
  readonly positions?: number | undefined;
  /** What was seen of each layer's inputs, from the shape on; nothing is smoothed without. */
  readonly statistics?: readonly LayerStatistics[] | undefined;
}

// Summing takes a place to put bytes that are not its own.
const HASH_BYTES = 1 << 22;

export interface ModelToPack extends PackOptions {
  readonly recipe: EncoderRecipe;
  /** As whom the packed encoder is to speak. */
  readonly about: EncoderAbout;
}

/**
 * A packed encoder from `model.safetensors` or an ONNX file, fp32 or quantised by channel: the same bytes for the same weights.
 * `module` is any build of the kernel; it sums. The event loop has turns meanwhile. Rejects with `bad-model` for a file that
 * holds no such model, `unsupported` for a shape that the kernel does not compute, `aborted`.
 */
export async function packModel(
  file: Uint8Array,
  { recipe, about, ...options }: ModelToPack,
  module: WebAssembly.Module,
): Promise<Uint8Array<ArrayBuffer>> {
  const { hash } = new EncoderKernel(module, HASH_BYTES);
  return packEncoder({ ...recipe, weights: openWeights(file), about, hash }, options);
}
