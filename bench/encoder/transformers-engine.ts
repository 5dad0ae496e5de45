import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { outsidePath } from "../rivals/outside.ts";
import type { Engine, ModelFile } from "./engine.ts";

type Pipeline = (
  texts: readonly string[],
  options: { pooling: "mean"; normalize: true },
) => Promise<{ data: Float32Array }>;

interface Transformers {
  readonly env: {
    allowRemoteModels: boolean;
    localModelPath: string;
    useWasmCache: boolean;
    fetch(path: string | URL): Promise<Response>;
    readonly backends: { readonly onnx: { readonly wasm: { wasmPaths: { mjs: string; wasm: string } } } };
  };
  pipeline(task: "feature-extraction", model: string): Promise<Pipeline>;
}

/**
 * transformers.js as in a page: its web build on its own onnxruntime-web, with that library's defaults (device wasm, dtype q8,
 * asyncify). It recognizes Node by the process's name, so that is another one while it loads; files are read through its own
 * `fetch`, the runtime's from the folder beside it in place of a CDN.
 */
export async function loadTransformers(): Promise<(file: ModelFile) => Promise<Engine>> {
  const { env, pipeline } = await withoutNode(
    () => import(pathToFileURL(outsidePath("@huggingface/transformers/dist/transformers.web.js")).href),
  );
  const runtime = pathToFileURL(outsidePath("onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify")).href;
  env.backends.onnx.wasm.wasmPaths = { mjs: `${runtime}.mjs`, wasm: `${runtime}.wasm` };
  env.useWasmCache = false;
  env.allowRemoteModels = false;
  env.fetch = answerFromDisk;
  return async ({ path }) => {
    const folder = dirname(dirname(path));
    env.localModelPath = `${dirname(folder)}/`;
    const extract = await pipeline("feature-extraction", basename(folder));
    return {
      embed: async (asked) => (await extract(asked as readonly string[], { pooling: "mean", normalize: true })).data,
    };
  };
}

async function withoutNode(load: () => Promise<Transformers>): Promise<Transformers> {
  const release = Object.getOwnPropertyDescriptor(process, "release")!;
  Object.defineProperty(process, "release", { ...release, value: { ...process.release, name: "page" } });
  try {
    return await load();
  } finally {
    Object.defineProperty(process, "release", release);
  }
}

async function answerFromDisk(path: string | URL): Promise<Response> {
  try {
    return new Response(readFileSync(String(path)));
  } catch {
    return new Response(null, { status: 404 });
  }
}
