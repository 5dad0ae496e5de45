import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Connect, Plugin } from "vite";

/** A file of another package that the app serves from its own origin, under its path below the root. */
export interface OwnFile {
  /** "assets/starter-1a2b3c4d.pipit" */
  readonly path: string;
  readonly source: string;
}

/** The starter encoder, under a name that changes with its bytes. */
export function starterFile(): OwnFile {
  const source = createRequire(import.meta.url).resolve("@pipit/starter/starter.pipit");
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 8);
  return { path: `assets/starter-${hash}.pipit`, source };
}

/** ONNX Runtime's loaders and WebAssembly, so that they are not requested from another origin. */
export function runtimeFiles(): OwnFile[] {
  const folder = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  const names = readdirSync(folder).filter((name) => /^ort-wasm-simd-threaded(\.asyncify)?\.(wasm|mjs)$/.test(name));
  return names.map((name) => ({ path: `ort/${name}`, source: join(folder, name) }));
}

/** Serves the files in development and copies them in a build. */
export function ownFiles(files: readonly OwnFile[]): Plugin {
  return {
    name: "pipit-own-files",
    configureServer: ({ middlewares }) => void middlewares.use(serve(files)),
    generateBundle() {
      for (const { path, source } of files) {
        this.emitFile({ type: "asset", fileName: path, source: readFileSync(source) });
      }
    },
  };
}

const TYPES: Readonly<Record<string, string>> = { wasm: "application/wasm", mjs: "text/javascript" };

function serve(files: readonly OwnFile[]): Connect.NextHandleFunction {
  const sources = new Map(files.map(({ path, source }) => [`/${path}`, source]));
  return (request, response, next) => {
    const source = sources.get(request.url?.split("?")[0] ?? "");
    if (!source || !existsSync(source)) return next();
    response.setHeader("content-type", TYPES[basename(source).split(".").at(-1) ?? ""] ?? "application/octet-stream");
    createReadStream(source).pipe(response);
  };
}
