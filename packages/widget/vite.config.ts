import { copyFileSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const ASSETS = "chunks/[name]-[hash][extname]";

/** Builds `dist/pipit-search.js`, the one script a page names. What serves the kinds of engine lies in chunks it loads when needed. */
export default defineConfig({
  root: here("."),
  base: "./",
  logLevel: "warn",
  resolve: { conditions: ["pipit-source", ...defaultClientConditions] },
  worker: {
    format: "es",
    // The modules that both the worker and the page's own thread may load lie in one place, once.
    rolldownOptions: { output: { assetFileNames: ASSETS } },
  },
  plugins: [formerParts(), starterBeside(), plainImports(), plainSheet()],
  build: {
    target: "es2023",
    // The compiled modules lie in the same folder.
    emptyOutDir: false,
    modulePreload: false,
    rolldownOptions: {
      input: here("src/widget.ts"),
      // Core's modules only define things, so what the element does not use of them need not travel.
      treeshake: { moduleSideEffects: [{ test: /packages\/core\//, sideEffects: false }] },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "pipit-search.js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: ASSETS,
        // What the script imports outright travels in one file beside it.
        codeSplitting: {
          groups: [
            {
              name: "errors",
              test: /preload-helper|packages\/core\/src\/(?:errors|character-end|search\/folded-words)\./,
            },
          ],
        },
      },
    },
  },
});

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const PARTS = ["chunks", "assets"];

/** Pages that are open when a new build is served still ask for parts of theirs, so parts stay for a month. They are not packed. */
function formerParts(): Plugin {
  return {
    name: "former-parts",
    apply: "build",
    generateBundle({ dir }, _bundle, isWrite) {
      for (const folder of isWrite ? PARTS : []) dropOld(`${dir}/${folder}`);
    },
    writeBundle({ dir }, bundle) {
      const there = PARTS.flatMap((folder) => namesIn(`${dir}/${folder}`).map((name) => `${folder}/${name}`));
      const former = there.filter((path) => !Object.hasOwn(bundle, path));
      writeFileSync(`${dir}/.npmignore`, former.map((path) => `/${path}\n`).join(""));
    },
  };
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function dropOld(folder: string): void {
  for (const path of namesIn(folder).map((name) => `${folder}/${name}`)) {
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path);
  }
}

/** The sheet is read by browsers alone in the built script, so its comments and line breaks stay behind. */
function plainSheet(): Plugin {
  return {
    name: "plain-sheet",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      return id.endsWith("/styles.ts") ? code.replace(/const CSS = `[^`]*`/, compact) : undefined;
    },
  };
}

function compact(sheet: string): string {
  const bare = sheet.replace(/\/\*.*?\*\//gs, "").replace(/\s+/g, " ");
  return bare
    .replace(/([{};,:]) /g, "$1")
    .replace(/;? ([{}])/g, "$1")
    .replace(/;}/g, "}");
}

function starterBeside(): Plugin {
  const starter = here("../starter/starter.pipit");
  return {
    name: "starter-beside",
    apply: "build",
    writeBundle({ dir }) {
      if (existsSync(starter)) copyFileSync(starter, `${dir}/starter.pipit`);
    },
  };
}

/** Vite wraps each lazy import in a loader of its style sheets. There are none here, and the loader weighs more than all keys. */
function plainImports(): Plugin {
  return {
    name: "plain-imports",
    apply: "build",
    enforce: "pre",
    load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : undefined),
  };
}
