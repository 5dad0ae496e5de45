import { loadExactIndex, loadHnswIndex, loadIndex } from "@pipit/wasm/node";
import { heldRecallContract } from "../../contracts/held-recall.ts";

// No scan meets this budget, so that the graph takes over whenever it is faster.
heldRecallContract("a default index that soon walks", await loadIndex({ budget: 1e-6, graphFrom: 1000 }));
heldRecallContract("HNSW that is told nothing", await loadHnswIndex());
heldRecallContract("a scan by int8 first", await loadExactIndex({ firstPass: "int8" }));
