import { createExact, createHnsw, createSharded } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { vectorIndexContract } from "./vector-index.ts";

const graph = createHnsw(await loadBuild("relaxed"));
const scan = createExact(await loadBuild("simd", "exact"));

vectorIndexContract("shards of 7 rows in graphs", createSharded(graph, { rows: 7 }));
vectorIndexContract("shards of one row in scans", createSharded(scan, { rows: 1 }));
vectorIndexContract("one shard for all", createSharded(graph));
