import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { PipitError } from "./errors.ts";

/** Name of a Unicode script. The union grows with the models. */
export type Script = "Latin";

/**
 * A vector space by identity: two vectors may be compared only when their spaces have one id. Two models of the same
 * width are different spaces, and so are two preprocessings of one model.
 */
export interface Space {
  /** 32 hex digits: a hash over everything in `SpaceParts`. */
  readonly id: string;
  readonly name: string;
  readonly dimensions: number;
  /** Scripts that the model was trained to read; texts in others are found by their words. Absent: it reads all. */
  readonly scripts?: readonly Script[] | undefined;
}

export interface SpaceParts {
  readonly name: string;
  /** SHA-256 (hex) of the canonical fp32 weights file. */
  readonly weights: string;
  /** SHA-256 (hex) of the tokenizer file. */
  readonly tokenizer: string;
  /** Version of the preprocessing that turns an entry into model input. */
  readonly preprocessing: string;
  readonly pooling: "mean" | "first-token" | "none";
  readonly normalization: "l2" | "none";
  readonly dimensions: number;
  /** Like the name not part of the identity: it decides which texts are embedded, not their vectors. */
  readonly scripts?: readonly Script[];
}

export function spaceOf(parts: SpaceParts): Space {
  const { weights, tokenizer, preprocessing, pooling, normalization, dimensions } = parts;
  const identity = [weights, tokenizer, preprocessing, pooling, normalization, dimensions].join("\n");
  const id = bytesToHex(sha256(utf8ToBytes(identity))).slice(0, 32);
  const { name, scripts } = parts;
  return scripts ? { id, name, dimensions, scripts } : { id, name, dimensions };
}

/** Every comparison of two spaces goes through this check. Throws `space-mismatch` naming both. */
export function assertSameSpace(got: Space, expected: Space): void {
  if (got.id === expected.id) return;
  throw new PipitError("space-mismatch", {
    got: `a vector of space ${got.name} (${got.id})`,
    expected: `space ${expected.name} (${expected.id})`,
    do: "Embed the query with the model that made the index, or embed the entries again with the new model.",
  });
}

/** The same check for a vector of which only the id of its space is known. */
export function assertSpaceId(got: string, expected: Space): void {
  if (got === expected.id) return;
  throw new PipitError("space-mismatch", {
    got: `a vector of space ${got}`,
    expected: `space ${expected.id}`,
    do: "Embed the query with the model that made the collection, or send it as text.",
  });
}
