import { createReadStream, existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Connect, createServer, type Plugin } from "vite";
import { assets } from "../../fixtures/assets.ts";
import { LOCAL_NAME } from "../../fixtures/chromium.ts";
import { packedMinilm } from "../../fixtures/encoder-job.ts";
import { minilmFolder } from "../../fixtures/minilm.ts";
import { type MinilmTwin, minilmTwin } from "../../fixtures/minilm-twin.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface PageServer {
  readonly url: string;
  /** Paths asked for since the start, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Under these a page is isolated, as threads ask. */
export const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** What a test answers itself, by the path's beginning. */
export type Routes = Readonly<Record<string, Connect.NextHandleFunction>>;

/** Serves the test pages from source, isolated unless told, with models and runtime files on the same origin. */
export async function servePages(
  headers: Readonly<Record<string, string>> = ISOLATED,
  routes: Routes = {},
): Promise<PageServer> {
  const asked: string[] = [];
  const twin = await minilmTwin();
  const server = await createServer({
    configFile: false,
    root: at("./pages"),
    cacheDir: join(tmpdir(), `pipit-pages-${process.pid}`),
    logLevel: "warn",
    plugins: [own(routes), files(asked, twin)],
    resolve: { conditions: ["pipit-source", "browser", "module", "development"] },
    worker: { format: "es" },
    // Every dependency is an ES module: nothing to bundle, and no reload in the middle of a test.
    optimizeDeps: { noDiscovery: true, include: [] },
    server: {
      host: "127.0.0.1",
      port: 0,
      allowedHosts: [LOCAL_NAME],
      watch: null,
      fs: { allow: [at("../../..")] },
      headers,
    },
  });
  await server.listen();
  return { url: server.resolvedUrls!.local[0]!, asked, close: () => server.close() };
}

function own(routes: Routes): Plugin {
  return {
    name: "own",
    configureServer({ middlewares }) {
      for (const [path, answer] of Object.entries(routes)) middlewares.use(path, answer);
    },
  };
}

function files(asked: string[], twin: MinilmTwin): Plugin {
  return {
    name: "files",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        asked.push(request.url ?? "");
        next();
      });
      if (assets) server.middlewares.use("/models", folder(join(assets, "models")));
      if (minilmFolder) {
        server.middlewares.use("/packed/all-MiniLM-L6-v2/pipit/encoder.pipit", packed(minilmFolder));
        server.middlewares.use("/packed/all-MiniLM-L6-v2", folder(minilmFolder));
      }
      server.middlewares.use("/twin/about.json", (_request, response) => {
        const golden = { texts: twin.golden.texts, vectors: [...twin.golden.vectors] };
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ spec: twin.spec, golden }));
      });
      server.middlewares.use("/twin", folder(twin.folder));
      server.middlewares.use("/starter", folder(at("../../../packages/starter")));
      server.middlewares.use("/ort", folder(at("../../../node_modules/onnxruntime-web/dist")));
    },
  };
}

function packed(model: string): Connect.NextHandleFunction {
  return (_request, response, next) => {
    packedMinilm(model).then((file) => response.end(file), next);
  };
}

const TYPES: Readonly<Record<string, string>> = {
  ".wasm": "application/wasm",
  ".mjs": "text/javascript",
  ".json": "application/json",
};

function folder(root: string): Connect.NextHandleFunction {
  return (request, response) => {
    const file = join(root, normalize(new URL(request.url ?? "/", "http://page").pathname));
    if (!file.startsWith(root) || !existsSync(file) || !statSync(file).isFile()) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    response.setHeader("Content-Length", statSync(file).size);
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    createReadStream(file).pipe(response);
  };
}
