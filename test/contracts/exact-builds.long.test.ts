import { createExact } from "@pipit/wasm";
import { loadBuild, nodeScanPool } from "@pipit/wasm/node";
import { describeExact, EXACT_KINDS } from "./exact-kinds.ts";
import { vectorIndexContract } from "./vector-index.ts";

const relaxed = await loadBuild("relaxed", "exact");
const simd = await loadBuild("simd", "exact");
const shared = { module: await loadBuild("threads", "exact"), pool: nodeScanPool(3, { worth: 0 }) };

for (const [options, skips] of EXACT_KINDS) {
  const described = describeExact(options);
  vectorIndexContract(`the scan on plain SIMD with ${described}`, createExact(simd, options), skips);
  vectorIndexContract(`the scan by three threads with ${described}`, createExact(relaxed, options, shared), skips);
}
