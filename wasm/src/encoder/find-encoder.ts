import {
  isPipitError,
  type ModelSource,
  type OpenFilesOptions,
  openModelFile,
  PipitError,
  packedProducerOf,
  type TextModelSpec,
} from "@pipit/core";
import type { Encoder } from "./encoder.ts";
import type { EncoderRecipe } from "./pack/pack-model.ts";

/** Where a file that was packed here is kept for the next time. */
export interface KeptFile {
  read(): Promise<Uint8Array | undefined>;
  /** May fail quietly: the next time packs again. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  drop(): Promise<void>;
}

export interface EncoderSearch {
  readonly spec: TextModelSpec;
  readonly sources: readonly ModelSource[];
  /** How files are read: abort, progress of downloads, sums by the platform. */
  readonly reading: OpenFilesOptions;
  /** Opens a packed file on this device. */
  open(packed: Uint8Array): Promise<Encoder>;
  /** How to pack where no packed file is to be had; without it none is packed. */
  readonly packing?: Packing | undefined;
}

export interface Packing {
  readonly recipe: () => Promise<EncoderRecipe>;
  /** Any build of the encoder's module. */
  readonly module: () => Promise<WebAssembly.Module>;
  /** By a name that changes when packing makes other bytes of the same file. */
  readonly kept: (name: string) => KeptFile;
  /** What is packed from, in order of preference. */
  readonly from: readonly ("q8" | "fp32")[];
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Raised when packing makes other bytes of the same file. */
const PACKING_VERSION = 1;

/**
 * A model's encoder: from a file packed here before, from a packed file of the sources, or packed now from the model's own
 * file, which takes some seconds. Fails as `openModelFile` does, and as `packModel` and `open` do.
 */
export async function findEncoder(search: EncoderSearch): Promise<Encoder> {
  const kept = search.packing?.kept(`${search.spec.space.id}-${PACKING_VERSION}.pipit`);
  return (kept && (await openKept(kept, search))) ?? (await openServed(search)) ?? packHere(search, kept);
}

/** Whether the kernel may know this model: whether there is anything to look for. */
export function isPackable({ variants }: TextModelSpec, packing?: Pick<Packing, "from">): boolean {
  return variants.packed !== undefined || (packing?.from.some((name) => variants[name]?.packedAs) ?? false);
}

async function openKept(kept: KeptFile, { open }: EncoderSearch): Promise<Encoder | undefined> {
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

async function openServed({ spec, sources, reading, open, packing }: EncoderSearch): Promise<Encoder | undefined> {
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

async function packHere({ spec, sources, reading, open, packing }: EncoderSearch, kept?: KeptFile): Promise<Encoder> {
  if (!packing) throw nothingToPack(spec);
  const { source, bytes, digest } = await readSource({ spec, sources, reading }, packing.from);
  const about = { space: spec.space, producer: packedProducerOf(source, digest)! };
  const { packModel } = await import("./pack/pack-model.ts");
  const recipe = await packing.recipe();
  const options = { recipe, about, signal: reading.signal, onProgress: packing.onProgress };
  const packed = await packModel(bytes, options, await packing.module());
  await kept?.write(packed);
  return open(packed);
}

type Reading = Pick<EncoderSearch, "spec" | "sources" | "reading">;

/** The first of the files that a source has. */
async function readSource({ spec, sources, reading }: Reading, from: Packing["from"]) {
  let missing: unknown = nothingToPack(spec);
  for (const name of from) {
    const source = spec.variants[name];
    if (!source?.packedAs) continue;
    try {
      return { source, ...(await openModelFile(sources, { spec, file: source.weights }, reading)) };
    } catch (error) {
      if (!isPipitError(error, "model-unavailable")) throw error;
      missing = error;
    }
  }
  throw missing;
}

function nothingToPack({ hubName }: TextModelSpec): PipitError {
  return new PipitError("model-unavailable", {
    got: `no packed file of ${hubName}, and nothing to pack it from`,
    expected: "a file that `pipit models pack` made, or the model's own weights",
    do: "Put one of them where models are looked for.",
  });
}
