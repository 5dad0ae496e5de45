import { fileURLToPath } from "node:url";
import type { Log } from "../bench.ts";
import { nativeDriver } from "./native.ts";
import { haveOutside } from "./outside.ts";
import type { Rival } from "./rival.ts";

/** The rivals; all but hnswlib C++ run in `serve.ts`. */
const LOADERS = {
  pipit: async () => (await import("./pipit.ts")).pipit("relaxed"),
  "pipit-simd": async () => (await import("./pipit.ts")).pipit("simd"),
  "pipit-codes": async () => (await import("./pipit.ts")).pipitCodes(),
  "pipit-2-threads": async () => (await import("./pipit.ts")).pipitThreads(2),
  exact: async () => (await import("./exact.ts")).rival,
  "hnswlib-wasm": async () => (await import("./hnswlib-wasm.ts")).rival,
  "hnswlib-node": async () => (await import("./hnswlib-node.ts")).rival,
  usearch: async () => (await import("./usearch.ts")).usearch("f32"),
  "usearch-i8": async () => (await import("./usearch.ts")).usearch("i8"),
  edgevec: async () => (await import("./edgevec.ts")).rival,
} satisfies Record<string, () => Promise<Rival>>;

const NEEDS = {
  "hnswlib-node": "hnswlib-node",
  usearch: "usearch",
  "usearch-i8": "usearch",
  edgevec: "edgevec",
} as const;

export type RivalName = keyof typeof LOADERS;
export type Contender = RivalName | "hnswlib-cpp";

export function loadRival(name: RivalName): Promise<Rival> {
  return LOADERS[name]();
}

/** The beginning of the command line that runs a rival; undefined if it cannot run, after a line with the reason. */
export function commandOf(name: Contender, log: Log): readonly string[] | undefined {
  if (name === "hnswlib-cpp") {
    const driver = nativeDriver(log);
    return driver ? [driver, "serve"] : undefined;
  }
  const needed = name in NEEDS ? NEEDS[name as keyof typeof NEEDS] : undefined;
  if (needed && !haveOutside(needed, log)) {
    log(`${name} is left out: ${needed} is not to be had. Name a folder whose node_modules hold it in PIPIT_RIVALS.`);
    return undefined;
  }
  const serve = fileURLToPath(new URL("serve.ts", import.meta.url));
  return [process.execPath, "--conditions=pipit-source", "--disable-warning=ExperimentalWarning", serve, name];
}
