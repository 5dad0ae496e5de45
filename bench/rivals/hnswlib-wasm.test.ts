import { vectorIndexContract } from "@pipit/test/contracts/vector-index";
import { createHnswlibWasm } from "./hnswlib-wasm.ts";

const NO_SNAPSHOT = "it writes graphs to a browser's IndexedDB alone and hands out no bytes";

vectorIndexContract("hnswlib-wasm", createHnswlibWasm({ m: 16, efConstruction: 200 }), {
  "orders equal distances by the smaller row": "of equals it keeps those that came first",
  "opens its snapshot to the same answers": NO_SNAPSHOT,
  "opens the snapshot of an empty index": NO_SNAPSHOT,
  "opens a snapshot that lies anywhere in a larger buffer": NO_SNAPSHOT,
  "refuses a snapshot of other dimensions": NO_SNAPSHOT,
  "refuses foreign bytes as a snapshot": NO_SNAPSHOT,
  "refuses a snapshot of a later version politely": NO_SNAPSHOT,
  "refuses torn snapshots": NO_SNAPSHOT,
  "lets no flipped bit of a snapshot change an answer": NO_SNAPSHOT,
});
