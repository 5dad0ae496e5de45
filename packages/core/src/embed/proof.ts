import { isPipitError, PipitError } from "../errors.ts";
import type { Golden } from "../models/golden-vectors.ts";
import type { Producer } from "../ports/embedder.ts";
import { whyNotUnitRows } from "../unit-rows.ts";
import type { BatchModel } from "./batch-model.ts";

export interface Proof {
  readonly proven: boolean;
  /** The least cosine of the golden pieces' vectors to the golden vectors; NaN when none were computed. */
  readonly leastCosine: number;
  /** One sentence for people: the measured and the required cosine. */
  readonly why: string;
}

const LEAST_FP32 = 0.9999;
// Devices round int8 in their own ways: a text may fall this far below the least cosine that was measured.
const ALLOWANCE = 0.009;

/**
 * Runs the golden pieces on this device and compares the vectors. A model that is not proven must not be used here: its vectors
 * would be silently wrong. Rejects only with `aborted`; any other failure of the model is a failed proof.
 */
export async function proveModel(model: BatchModel, golden: Golden, signal?: AbortSignal): Promise<Proof> {
  const asked = leastCosineOf(model.producer);
  try {
    const vectors = await model.run(golden.pieces, signal ?? new AbortController().signal);
    const wrong = whyNotUnitRows(vectors, golden.pieces.length, model.space.dimensions);
    if (wrong) return failed(`${model.producer.name} answered ${wrong}`);
    const leastCosine = leastOf(vectors, golden.vectors, model.space.dimensions);
    const proven = leastCosine >= asked;
    return { proven, leastCosine, why: `least cosine to fp32 ${leastCosine.toFixed(6)}, ${asked.toFixed(4)} asked` };
  } catch (error) {
    if (isPipitError(error, "aborted")) throw error;
    return failed(`${model.producer.name} failed to run: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** For hosts with one device: throws `numbers-not-proven` when the proof fails. */
export async function assertProven(model: BatchModel, golden: Golden, signal?: AbortSignal): Promise<Proof> {
  const proof = await proveModel(model, golden, signal);
  if (proof.proven) return proof;
  throw new PipitError("numbers-not-proven", {
    got: proof.why,
    expected: "the golden vectors of the model",
    do: "Check the runtime on this machine with `pipit models prove`; the starter answers meanwhile.",
  });
}

function leastCosineOf({ fidelity }: Producer): number {
  return fidelity.min >= LEAST_FP32 ? LEAST_FP32 : fidelity.min - ALLOWANCE;
}

const failed = (why: string): Proof => ({ proven: false, leastCosine: Number.NaN, why });

function leastOf(a: Float32Array, b: Float32Array, dimensions: number): number {
  let least = 1;
  for (let start = 0; start < b.length; start += dimensions) {
    let sum = 0;
    for (let i = start; i < start + dimensions; i++) sum += a[i]! * b[i]!;
    least = Math.min(least, sum);
  }
  return least;
}
