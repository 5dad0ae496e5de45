import { createExact } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { describeExact, EXACT_KINDS } from "./exact-kinds.ts";
import { vectorIndexContract } from "./vector-index.ts";

const module = await loadBuild("relaxed", "exact");

for (const [options, skips] of EXACT_KINDS)
  vectorIndexContract(`the scan on relaxed SIMD with ${describeExact(options)}`, createExact(module, options), skips);
