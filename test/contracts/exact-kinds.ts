import { type ExactOptions, type QuantizerKind, trainQuantizer } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { seeded, uniformVectors } from "../fixtures/seeded.ts";
import type { Skips } from "./contract.ts";

function inexact(reason: string): Skips {
  return Object.fromEntries(
    [
      "answers with the nearest rows first and their distances",
      "finds a stored vector at distance 0",
      "measures the opposite direction as 2",
      "keeps the last of two vectors for one row in one call",
      "can be emptied and filled again",
      "does not keep the arrays it is given",
      "keeps nothing of a call it refuses",
    ].map((claim) => [claim, reason]),
  );
}

const HALF = inexact("distances are those of halves, right to about three digits");
const BYTE = inexact("distances are those of byte codes, right to about two digits");
const BIT: Skips = {
  ...inexact("distances are estimates from bits, right to about one digit"),
  "replaces the vector of a row that is added again": "bits of other vectors may lie nearer than the vector's own",
  "takes rows that are sparse and large": "bits calibrated by one or two vectors tell nothing apart",
};

const quantizer = async (kind: QuantizerKind) =>
  trainQuantizer(
    await loadBuild("simd", "exact"),
    { kind, dimensions: 24, metric: "inner-product", seed: 1 },
    uniformVectors(seeded(13), 600, 24),
  );

/**
 * The options of a scan that the index contract runs with, and the claims that they cannot keep.
 * With a quantizer, rows have codes from the first row on; otherwise from row `calibrateAt` on, or not in so small an index.
 */
export const EXACT_KINDS: readonly [ExactOptions, Skips][] = [
  [{}, {}],
  [{ metric: "cosine" }, {}],
  [{ format: "f16" }, HALF],
  [{ format: "int8" }, {}],
  [{ format: "int8", calibrateAt: 30 }, BYTE],
  [{ format: "int8", quantizer: await quantizer("int8") }, BYTE],
  [{ format: "bit" }, {}],
  [{ format: "bit", calibrateAt: 30 }, BIT],
  [{ format: "bit", quantizer: await quantizer("bit") }, BIT],
  [{ firstPass: "int8", quantizer: await quantizer("int8") }, {}],
  [{ firstPass: "bit", quantizer: await quantizer("bit") }, {}],
  [{ firstPass: "pq", quantizer: await quantizer("pq") }, {}],
  [{ firstPass: "pq", calibrateAt: 16, metric: "cosine" }, {}],
  [{ format: "f16", firstPass: "bit", calibrateAt: 30 }, HALF],
];

export function describeExact({ quantizer, ...options }: ExactOptions): string {
  return `${JSON.stringify(options)}${quantizer ? " and a quantizer" : ""}`;
}
