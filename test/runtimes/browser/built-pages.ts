import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("./pages", import.meta.url));

/** Variable with the folder of this run's built pages. `setup` sets it, and the test processes inherit it. */
const FOLDER = "PIPIT_BUILT_PAGES";

/**
 * Builds the scripts of the test pages once per run, each to one file with its chunks. Otherwise each page of a new profile and each
 * worker would load a hundred modules.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await buildPages();
  process.env[FOLDER] = folder;
  return () => rm(folder, { recursive: true, force: true });
}

let own: Promise<string> | undefined;

/** The folder of the built scripts, "tab.js" for "tab.ts". They are built here if `setup` did not. */
export async function builtPages(): Promise<string> {
  const built = process.env[FOLDER];
  if (built) return built;
  own ??= buildPages();
  return own;
}

async function buildPages(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "pipit-built-pages-"));
  const scripts = globSync("**/*.ts", { cwd: root });
  await build({
    configFile: false,
    root,
    base: "./",
    logLevel: "error",
    resolve: { conditions: ["pipit-source", "browser", "module", "import"] },
    worker: { format: "es" },
    build: {
      outDir,
      target: "es2023",
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: Object.fromEntries(scripts.map((path) => [path.replace(/\.ts$/, ""), join(root, path)])),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "[name].js" },
      },
    },
  });
  return outDir;
}
