import { globSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("./pages", import.meta.url));

/** Where the built pages of this run lie; set by `setup`, and inherited by the processes that the tests run in. */
const FOLDER = "PIPIT_BUILT_PAGES";

/**
 * The scripts of the test pages, each built to one file beside its chunks, once a run. A page of a fresh profile would ask for a
 * hundred modules otherwise, and so would each worker that it starts.
 */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await buildPages();
  process.env[FOLDER] = folder;
  return () => rm(folder, { recursive: true, force: true });
}

let own: Promise<string> | undefined;

/** The folder of the built scripts, "tab.js" for "tab.ts". Built here where no run of tests did. */
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
