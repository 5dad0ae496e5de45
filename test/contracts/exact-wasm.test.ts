import { createExact, type ExactOptions, type QuantizerKind, trainQuantizer } from "@pipit/wasm";
import { loadBuild, nodeScanPool } from "@pipit/wasm/node";
import { seeded, uniformVectors } from "../fixtures/seeded.ts";
import type { Skips } from "./contract.ts";
import { vectorIndexContract } from "./vector-index.ts";

const builds = { "relaxed SIMD": await loadBuild("relaxed", "exact"), "plain SIMD": await loadBuild("simd", "exact") };
const shared = { module: await loadBuild("threads", "exact"), pool: nodeScanPool(3, { worth: 0 }) };

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

const quantizer = (kind: QuantizerKind) =>
  trainQuantizer(
    builds["plain SIMD"],
    { kind, dimensions: 24, metric: "inner-product", seed: 1 },
    uniformVectors(seeded(13), 600, 24),
  );

// With a quantizer, rows have codes from the first row on; otherwise from row `calibrateAt` on, or not in so small an index.
const kinds: [ExactOptions, Skips][] = [
  [{}, {}],
  [{ metric: "cosine" }, {}],
  [{ format: "f16" }, HALF],
  [{ format: "int8" }, {}],
  [{ format: "int8", calibrateAt: 30 }, BYTE],
  [{ format: "int8", quantizer: quantizer("int8") }, BYTE],
  [{ format: "bit" }, {}],
  [{ format: "bit", calibrateAt: 30 }, BIT],
  [{ format: "bit", quantizer: quantizer("bit") }, BIT],
  [{ firstPass: "int8", quantizer: quantizer("int8") }, {}],
  [{ firstPass: "bit", quantizer: quantizer("bit") }, {}],
  [{ firstPass: "pq", quantizer: quantizer("pq") }, {}],
  [{ firstPass: "pq", calibrateAt: 16, metric: "cosine" }, {}],
  [{ format: "f16", firstPass: "bit", calibrateAt: 30 }, HALF],
];

for (const [{ quantizer, ...options }, skips] of kinds) {
  const said = `${JSON.stringify(options)}${quantizer ? " and a quantizer" : ""}`;
  const asked = { ...options, quantizer };
  for (const [build, module] of Object.entries(builds))
    vectorIndexContract(`the scan on ${build} with ${said}`, createExact(module, asked), skips);
  vectorIndexContract(
    `the scan by three threads with ${said}`,
    createExact(builds["relaxed SIMD"], asked, shared),
    skips,
  );
}
