import type { Producer } from "../ports/embedder.ts";
import type { FileDigest, VariantSpec } from "./model-files.ts";

/** Weights other than the measured file may compute other bits, so their producer's name contains their digest. */
export function producerOf(producer: Producer, { weights }: VariantSpec, digest: FileDigest | undefined): Producer {
  if (!digest || digest.sha256 === weights.accepts[0]?.sha256) return producer;
  return { ...producer, name: `${producer.name}-${digest.sha256.slice(0, 8)}` };
}

/**
 * The kernel's producer for a file packed from a variant. Packing reads values: all files of the same fp32 weights pack to the same
 * bytes, and each quantised file packs to bytes of its own. Undefined for a variant that cannot be packed.
 */
export function packedProducerOf(variant: VariantSpec, digest: FileDigest | undefined): Producer | undefined {
  if (!variant.packedAs) return undefined;
  return variant.sharing === "alone" ? producerOf(variant.packedAs, variant, digest) : variant.packedAs;
}
