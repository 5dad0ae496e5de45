export { type GraphReport, inspectGraph } from "./graph-report.ts";
export { createHnsw } from "./hnsw.ts";
export type { HnswOptions } from "./parameters.ts";
export { pickModule } from "./pick-module.ts";
