import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Log } from "../bench.ts";
import { haveOutside, outsidePath } from "./outside.ts";

const SOURCE = fileURLToPath(new URL("hnswlib.cpp", import.meta.url));
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench", import.meta.url));
const FLAGS = ["-std=c++17", "-O3", "-march=native", "-DNDEBUG"];

/**
 * The compiled driver of hnswlib C++, or undefined after a line that names the missing part. PIPIT_HNSWLIB names a folder with
 * hnswlib/hnswlib.h; without it the headers in hnswlib-node (hnswlib 0.8.0) are used.
 */
export function nativeDriver(log: Log): string | undefined {
  const headers =
    process.env.PIPIT_HNSWLIB ?? (haveOutside("hnswlib-node", log) ? outsidePath("hnswlib-node/src") : "");
  if (!existsSync(`${headers}/hnswlib/hnswlib.h`)) {
    log("hnswlib C++ is left out: no hnswlib/hnswlib.h. Name the folder that holds it in PIPIT_HNSWLIB.");
    return undefined;
  }
  const key = createHash("sha256")
    .update(readFileSync(SOURCE))
    .update([headers, ...FLAGS].join("\n"))
    .digest("hex");
  const driver = `${CACHE}/hnswlib-${key.slice(0, 12)}`;
  if (existsSync(driver)) return driver;
  mkdirSync(CACHE, { recursive: true });
  const compiler = process.env.CXX ?? "g++";
  const { status, stderr } = spawnSync(compiler, [...FLAGS, `-I${headers}`, SOURCE, "-o", driver], {
    encoding: "utf8",
  });
  if (status === 0) return driver;
  log(`hnswlib C++ is left out: ${compiler} did not compile it${stderr ? `: ${stderr.slice(0, 500)}` : ""}`);
  return undefined;
}
