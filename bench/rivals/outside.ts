import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { Log } from "../bench.ts";

/**
 * Rivals that the project does not depend on: most contain native code, which every user of the project would have to install.
 * PIPIT_RIVALS names a folder with them in its node_modules; without it they are installed into a cache when a bench needs them.
 */
const PACKAGES = {
  usearch: "2.26.2",
  "hnswlib-node": "3.0.0",
  edgevec: "0.9.0",
  "@huggingface/transformers": "4.3.1",
};
type Outside = keyof typeof PACKAGES;

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench/rivals", import.meta.url));
const folder = process.env.PIPIT_RIVALS ?? CACHE;

export async function importOutside<Module>(name: Outside): Promise<Module> {
  return import(pathToFileURL(createRequire(`${folder}/package.json`).resolve(name)).href);
}

/** The path of a file of an outside package. */
export function outsidePath(path: string): string {
  return `${folder}/node_modules/${path}`;
}

/** True if the package is installed, or could be installed now. */
export function haveOutside(name: Outside, log: Log): boolean {
  if (existsSync(outsidePath(name))) return true;
  if (process.env.PIPIT_RIVALS) return false;
  log(`installing ${name} ${PACKAGES[name]} into ${folder}`);
  mkdirSync(folder, { recursive: true });
  const options = ["--prefix", folder, "--no-audit", "--no-fund", "--no-save", "--fetch-retries=0"];
  const packages = Object.entries(PACKAGES).filter(([other]) => other === name || existsSync(outsidePath(other)));
  const install = spawnSync("npm", ["install", ...options, ...packages.map((pair) => pair.join("@"))], {
    stdio: "ignore",
    // transformers.js depends on onnxruntime-node, whose install step would download CUDA.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" },
  });
  return install.status === 0 && existsSync(outsidePath(name));
}
