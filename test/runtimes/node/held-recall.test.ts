import { loadExactIndex, loadHnswIndex, loadIndex } from "@pipit/wasm/node";
import { heldRecallContract } from "../../contracts/held-recall.ts";

// A budget that no scan keeps to: the graph takes over wherever it is quicker.
heldRecallContract("a default index that soon walks", await loadIndex({ budget: 1e-6, graphFrom: 1000 }));
heldRecallContract("HNSW that is told nothing", await loadHnswIndex());
heldRecallContract("a scan by int8 first", await loadExactIndex({ firstPass: "int8" }));
