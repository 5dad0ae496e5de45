import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type FileDigest,
  MINILM,
  type ModelSource,
  openModelFile,
  PipitError,
  type Producer,
  packedProducerOf,
} from "@pipit/core";
import { loadBuild } from "@pipit/wasm/node";
import { MINILM_RECIPE, packModel } from "@pipit/wasm/pack";

export interface PackRequest {
  readonly sources: readonly ModelSource[];
  /** The model's own weights, in place of what the sources have: model.safetensors or an ONNX file. */
  readonly file?: string | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly producer: Producer;
  readonly sha256: string;
}

interface Weights {
  readonly bytes: Uint8Array;
  readonly producer: Producer;
}

/**
 * MiniLM's weights, packed for the encoder kernel. Fails with `bad-model` for weights that are not the model's: packed, they would
 * speak its space and mean something else.
 */
export async function packMinilm({ sources, file, onProgress }: PackRequest): Promise<Packed> {
  const weights = file ? await weightsIn(file) : await weightsFrom(sources);
  const about = { space: MINILM.space, producer: weights.producer };
  const module = await loadBuild("simd", "encoder");
  const bytes = await packModel(weights.bytes, { recipe: MINILM_RECIPE, about, onProgress }, module);
  const sha256 = sha(bytes);
  assertMeasured(weights.producer, sha256);
  return { bytes, producer: weights.producer, sha256 };
}

async function weightsFrom(sources: readonly ModelSource[]): Promise<Weights> {
  const { fp32, q8 } = MINILM.variants;
  const digest = async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const read = async (variant: NonNullable<typeof fp32>) => {
    const found = await openModelFile(sources, { spec: MINILM, file: variant.weights }, { digest });
    return { bytes: found.bytes, producer: packedProducerOf(variant, found.digest)! };
  };
  return read(fp32!).catch(() => read(q8!));
}

async function weightsIn(file: string): Promise<Weights> {
  const bytes = new Uint8Array(await readFile(file));
  const { fp32, q8 } = MINILM.variants;
  const digest = digestOf(bytes, q8!.weights.accepts);
  const producer = packedProducerOf(digest ? q8! : fp32!, digest);
  return { bytes, producer: producer! };
}

function digestOf(bytes: Uint8Array, accepts: readonly FileDigest[]): FileDigest | undefined {
  const sha256 = sha(bytes);
  return accepts.find((accepted) => accepted.sha256 === sha256);
}

/** All files of the fp32 weights pack to the same bytes; any other bytes are of other weights. */
function assertMeasured(producer: Producer, sha256: string): void {
  const { weights, producer: measured } = MINILM.variants.packed!;
  if (producer.name !== measured.name || sha256 === weights.accepts[0]?.sha256) return;
  throw new PipitError("bad-model", {
    got: `weights that pack to SHA-256 ${sha256}`,
    expected: `${weights.accepts[0]?.sha256}, as ${MINILM.hubName}'s own do`,
    do: "Pack the model's own model.safetensors or onnx/model.onnx; nothing was written.",
  });
}

function sha(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
