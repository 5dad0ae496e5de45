import type { TokenEncoder } from "../embed/kernel-model.ts";
import { isPipitError, PipitError } from "../errors.ts";
import { packedProducerOf } from "../models/producer-of.ts";
import { type ModelSource, type OpenFilesOptions, openModelFile } from "../models/sources.ts";
import type { OnnxVariant, TextModelSpec } from "../models/text-model.ts";

/** Keeps a file that was packed here for the next time. */
export interface KeptFile {
  read(): Promise<Uint8Array | undefined>;
  /** It need not report a failure: the next start packs again. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  drop(): Promise<void>;
}

/** Converts a model's own weights to the encoder kernel's file. */
export interface Packer {
  /** Changes when packing makes other bytes from the same weights. */
  readonly version: number;
  /** Rejects with `bad-model`, `unsupported`, `aborted`. `onProgress` counts layers. */
  pack(
    weights: Uint8Array,
    about: TokenEncoder["about"],
    options: { readonly signal?: AbortSignal | undefined; onProgress?(done: number, total: number): void },
  ): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Packing {
  readonly packer: Packer;
  kept(name: string): KeptFile;
  /** The variants that are packed from, in order of preference. */
  readonly from: readonly OnnxVariant[];
}

export interface PackedSearch {
  readonly spec: TextModelSpec;
  readonly sources: readonly ModelSource[];
  readonly reading?: OpenFilesOptions | undefined;
  /** Opens a packed file on this device. */
  open(packed: Uint8Array): Promise<TokenEncoder>;
  /** The way to pack if no source has a packed file. Without it nothing is packed. */
  readonly packing?: Packing | undefined;
  /** Layers packed so far. */
  readonly onPacked?: ((done: number, total: number) => void) | undefined;
}

/**
 * Opens a model's encoder: from a file that was packed here before, from a packed file of the sources, or packed now from the model's own
 * weights, which takes some seconds. Fails as `openModelFile`, `Packer.pack` and `open` do.
 */
export async function findPacked(search: PackedSearch): Promise<TokenEncoder> {
  const { spec, packing } = search;
  const kept = packing?.kept(`${spec.space.id}-${packing.packer.version}.pipit`);
  return (kept && (await openKept(kept, search))) ?? (await openServed(search)) ?? packHere(search, kept);
}

/** True if the encoder kernel can compute this model: a packed file may exist, or weights that can be packed. */
export function isPackable({ variants }: TextModelSpec, packing?: Pick<Packing, "from">): boolean {
  return variants.packed !== undefined || (packing?.from.some((name) => variants[name]?.packedAs) ?? false);
}

/** The first of the variants' weights that a source has, and the producer that they pack to. Fails with `model-unavailable`, `bad-model`. */
export async function weightsToPack(
  { spec, sources, reading }: Pick<PackedSearch, "spec" | "sources" | "reading">,
  from: Packing["from"],
) {
  let missing: unknown = nothingToPack(spec);
  for (const name of from) {
    const variant = spec.variants[name];
    if (!variant?.packedAs) continue;
    try {
      const { bytes, digest } = await openModelFile(sources, { spec, file: variant.weights }, reading);
      return { bytes, producer: packedProducerOf(variant, digest)! };
    } catch (error) {
      if (!isPipitError(error, "model-unavailable")) throw error;
      missing = error;
    }
  }
  throw missing;
}

async function openKept(kept: KeptFile, { open }: PackedSearch): Promise<TokenEncoder | undefined> {
  const bytes = await kept.read();
  if (!bytes) return undefined;
  try {
    return await open(bytes);
  } catch (error) {
    if (!isPipitError(error, "bad-model")) throw error;
    await kept.drop();
    return undefined;
  }
}

async function openServed({ spec, sources, reading, open, packing }: PackedSearch): Promise<TokenEncoder | undefined> {
  const file = spec.variants.packed?.weights;
  if (!file) return undefined;
  try {
    const { bytes } = await openModelFile(sources, { spec, file }, reading);
    return await open(bytes);
  } catch (error) {
    const isMissing = isPipitError(error, "model-unavailable") || isPipitError(error, "bad-model");
    if (packing && isMissing) return undefined;
    throw error;
  }
}

async function packHere(search: PackedSearch, kept?: KeptFile): Promise<TokenEncoder> {
  const { spec, reading, open, packing, onPacked: onProgress } = search;
  if (!packing) throw nothingToPack(spec);
  const { bytes, producer } = await weightsToPack(search, packing.from);
  const options = { signal: reading?.signal, ...(onProgress && { onProgress }) };
  const packed = await packing.packer.pack(bytes, { space: spec.space, producer }, options);
  await kept?.write(packed);
  return open(packed);
}

function nothingToPack({ hubName }: TextModelSpec): PipitError {
  return new PipitError("model-unavailable", {
    got: `no packed file of ${hubName}, and nothing to pack it from`,
    expected: "a file that `pipit models pack` made, or the model's own weights",
    do: "Put one of them where models are looked for.",
  });
}
