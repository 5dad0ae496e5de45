import type { EncoderAbout } from "../encoder-file.ts";
import { EncoderKernel } from "../encoder-kernel.ts";
import { openWeights } from "../weights/open-weights.ts";
import type { EncoderFamily } from "./encoder-family.ts";
import { type LayerStatistics, type PackOptions, packEncoder } from "./pack-encoder.ts";

/** How a model is packed, whichever file its weights come from. */
export interface EncoderRecipe {
  readonly family: EncoderFamily;
  readonly heads: number;
  /** Positions to keep: the model's window. Default: all. */
  readonly positions?: number | undefined;
  /** Statistics of each layer's inputs. Without them nothing is smoothed. */
  readonly statistics?: readonly LayerStatistics[] | undefined;
}

// Hashing copies bytes of other memory into the kernel's first.
const HASH_BYTES = 1 << 22;

export interface ModelToPack extends PackOptions {
  readonly recipe: EncoderRecipe;
  /** The space and the producer that the packed file is to name. */
  readonly about: EncoderAbout;
}

/**
 * A packed encoder from `model.safetensors` or an ONNX file, fp32 or quantised by channel: the same bytes for the same weights.
 * `module` is any build of the kernel; it computes checksums. The event loop runs meanwhile. Rejects with `bad-model` for a file that
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
