import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type FileDigest,
  type ModelSource,
  PipitError,
  type Producer,
  packedProducerOf,
  MINILM as spec,
  weightsToPack,
} from "@pipit/core";
import { packerOf } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { MINILM_RECIPE } from "@pipit/wasm/pack";

const packer = packerOf({ recipe: async () => MINILM_RECIPE, module: () => loadBuild("simd", "encoder") });

/** The more exact weights come first. */
const FROM = ["fp32", "q8"] as const;

export interface PackRequest {
  readonly sources: readonly ModelSource[];
  /** The model's own weights, in place of the sources' files: model.safetensors or an ONNX file. */
  readonly file?: string | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly producer: Producer;
  readonly sha256: string;
}

/**
 * MiniLM's weights, packed for the encoder kernel. Fails with `bad-model` for weights of another model: their vectors would carry
 * MiniLM's space and have another meaning.
 */
export async function packWeights({ sources, file, onProgress }: PackRequest): Promise<Packed> {
  const { bytes: weights, producer } = file ? await weightsIn(file) : await weightsToPack({ spec, sources }, FROM);
  const bytes = await packer.pack(weights, { space: spec.space, producer }, { onProgress });
  const sha256 = sha(bytes);
  assertMeasured(producer, sha256);
  return { bytes, producer, sha256 };
}

async function weightsIn(file: string) {
  const bytes = new Uint8Array(await readFile(file));
  const { fp32, q8 } = spec.variants;
  const digest = digestOf(bytes, q8!.weights.accepts);
  return { bytes, producer: packedProducerOf(digest ? q8! : fp32!, digest)! };
}

function digestOf(bytes: Uint8Array, accepts: readonly FileDigest[]): FileDigest | undefined {
  const sha256 = sha(bytes);
  return accepts.find((accepted) => accepted.sha256 === sha256);
}

/** All files of the fp32 weights pack to the same bytes; any other bytes are of other weights. */
function assertMeasured(producer: Producer, sha256: string): void {
  const { weights, producer: measured } = spec.variants.packed!;
  if (producer.name !== measured.name || sha256 === weights.accepts[0]?.sha256) return;
  throw new PipitError("bad-model", {
    got: `weights that pack to SHA-256 ${sha256}`,
    expected: `${weights.accepts[0]?.sha256}, as ${spec.hubName}'s own do`,
    do: "Pack the model's own model.safetensors or onnx/model.onnx; nothing was written.",
  });
}

function sha(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
