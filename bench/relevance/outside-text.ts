import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Log } from "../bench.ts";

/** Rivals for texts, which the project does not depend on either. PIPIT_RIVALS names a folder with them in its node_modules. */
const PACKAGES = {
  minisearch: "7.2.0",
  "@orama/orama": "3.1.18",
  "@orama/stemmers": "3.1.18",
  "@orama/stopwords": "3.1.18",
  "@orama/tokenizers": "3.1.18",
  pagefind: "1.6.0",
};
export type OutsideText = keyof typeof PACKAGES;

/** Not the folder of the other rivals: npm removes packages that a command does not name. */
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/pipit-bench/text-rivals", import.meta.url));
const folder = process.env.PIPIT_RIVALS ?? CACHE;
const pathOf = (path: string) => `${folder}/node_modules/${path}`;

/** True if the packages are installed, or could be installed now. */
export function haveOutsideText(names: readonly OutsideText[], log: Log): boolean {
  const have = () => names.every((name) => existsSync(pathOf(name)));
  if (have()) return true;
  if (process.env.PIPIT_RIVALS) return false;
  log(`installing rivals for texts into ${folder}`);
  mkdirSync(folder, { recursive: true });
  const options = ["--prefix", folder, "--no-audit", "--no-fund", "--no-save", "--fetch-retries=0"];
  const packages = Object.entries(PACKAGES).map((pair) => pair.join("@"));
  return spawnSync("npm", ["install", ...options, ...packages], { stdio: "ignore" }).status === 0 && have();
}

/** A module of a package, as `require` finds it: "minisearch", "@orama/stemmers/english". */
export async function importOutsideText<Module>(specifier: string): Promise<Module> {
  const path = createRequire(`${folder}/package.json`).resolve(specifier);
  const module = await import(pathToFileURL(path).href);
  return module.default ?? module;
}

/** A module of a package that has no door for `require`. */
export async function importOutsideFile<Module>(path: string): Promise<Module> {
  return import(pathToFileURL(pathOf(path)).href);
}
