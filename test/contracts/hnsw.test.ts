import { createHnsw } from "@pipit/wasm";
import { loadBuild } from "@pipit/wasm/node";
import { vectorIndexContract } from "./vector-index.ts";

vectorIndexContract("HNSW on relaxed SIMD", createHnsw(await loadBuild("relaxed")));
vectorIndexContract("HNSW on plain SIMD", createHnsw(await loadBuild("simd")));
