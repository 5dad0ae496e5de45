import { copyFileSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const ASSETS = "chunks/[name]-[hash][extname]";

/** Builds `dist/pipit-search.js`, the one script a page names. The kinds of engine are in chunks that it loads on demand. */
export default defineConfig({
  root: here("."),
  base: "./",
  logLevel: "warn",
  resolve: { conditions: ["pipit-source", ...defaultClientConditions] },
  worker: {
    format: "es",
    // Modules that both the worker and the page's own thread may load are stored in one place, once.
    rolldownOptions: { output: { assetFileNames: ASSETS } },
  },
  plugins: [formerParts(), starterBeside(), plainImports(), plainSheet()],
  build: {
    target: "es2023",
    // The compiled modules are in the same folder.
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: here("src/widget.ts"),
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "pipit-search.js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: ASSETS,
        // The static imports of the script are bundled into one file beside it.
        codeSplitting: {
          groups: [
            {
              name: "errors",
              test: /preload-helper|packages\/core\/src\/(?:errors|character-end|words\/folded-words)\.|widget\/src\/dom\./,
            },
          ],
        },
      },
    },
  },
});

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const PARTS = ["chunks", "assets"];

/** Pages that are open during a deploy still request chunks of their build, so chunks are kept for a month. They are not packed. */
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

/** Only browsers read the sheet in the built script, so its comments and line breaks are removed. */
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

/** Requests what a lazy part imports together with the part, not after it. */
const PRELOAD = `export const __vitePreload = (load, parts, at) => {
  // A failure is met by the part's own import of the same file.
  for (const part of parts ?? []) import(new URL(part, at)).catch(() => {});
  return load();
};`;

/** Vite wraps each lazy import in a loader of its style sheets. The element has none, and the loader is larger than the code for all keys. */
function plainImports(): Plugin {
  return {
    name: "plain-imports",
    apply: "build",
    enforce: "pre",
    load: (id) => (id === "\0vite/preload-helper.js" ? PRELOAD : undefined),
  };
}
