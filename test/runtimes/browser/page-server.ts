import { createReadStream, existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { textsOf } from "@pipit/core";
import { type Connect, createServer, type Plugin } from "vite";
import { assets } from "../../fixtures/assets.ts";
import { LOCAL_NAME } from "../../fixtures/chromium.ts";
import { packedMinilm } from "../../fixtures/encoder-job.ts";
import { minilmFolder } from "../../fixtures/minilm.ts";
import { type MinilmTwin, minilmTwin } from "../../fixtures/minilm-twin.ts";
import { builtPages } from "./built-pages.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface PageServer {
  readonly url: string;
  /** Paths requested since the start, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** With these headers a page is isolated, as threads require. */
export const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** A test's own answers, by path prefix. */
export type Routes = Readonly<Record<string, Connect.NextHandleFunction>>;

export interface PageOptions {
  /** Headers of every answer. Default: those that isolate a page. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly routes?: Routes | undefined;
  /** Scripts as source modules, or each built to one file, which loads in a tenth of the time. */
  readonly scripts?: "built" | "source" | undefined;
}

/** Serves the test pages, with models and runtime files on the same origin. */
export async function servePages({
  headers = ISOLATED,
  routes = {},
  scripts = "built",
}: PageOptions = {}): Promise<PageServer> {
  const built = scripts === "built" ? await builtPages() : undefined;
  const asked: string[] = [];
  const twin = await minilmTwin();
  const server = await createServer({
    configFile: false,
    root: at("./pages"),
    cacheDir: join(tmpdir(), `pipit-pages-${process.pid}`),
    logLevel: "warn",
    plugins: [own(routes), files(asked, { twin, built, headers })],
    resolve: { conditions: ["pipit-source", "browser", "module", "development"] },
    worker: { format: "es" },
    // Every dependency is an ES module, so that nothing is bundled and no page reloads during a test.
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

interface Served {
  readonly twin: MinilmTwin;
  readonly built: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

function files(asked: string[], { twin, built, headers }: Served): Plugin {
  return {
    name: "files",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        asked.push(request.url ?? "");
        next();
      });
      if (built) server.middlewares.use(builtScripts(built, headers));
      if (assets) server.middlewares.use("/models", folder(join(assets, "models")));
      if (minilmFolder) {
        server.middlewares.use("/packed/all-MiniLM-L6-v2/pipit/encoder.pipit", packed(minilmFolder));
        server.middlewares.use("/packed/all-MiniLM-L6-v2", folder(minilmFolder));
      }
      server.middlewares.use("/twin/about.json", (_request, response) => {
        const golden = { texts: textsOf(twin.golden.pieces), vectors: [...twin.golden.vectors] };
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ spec: twin.spec, golden }));
      });
      server.middlewares.use("/twin", folder(twin.folder));
      server.middlewares.use("/starter", folder(at("../../../packages/starter")));
      server.middlewares.use("/ort", folder(at("../../../node_modules/onnxruntime-web/dist")));
    },
  };
}

/** Serves built scripts under their source names, with their chunks, and unchanged pages. */
function builtScripts(root: string, headers: Served["headers"]): Connect.NextHandleFunction {
  const [scripts, pages] = [folder(root, headers), folder(at("./pages"), headers)];
  return (request, response, next) => {
    const [path = "", query] = (request.url ?? "").split("?");
    if (path.endsWith(".html")) return pages(request, response, next);
    const file = path.replace(/\.ts$/, ".js");
    if (path.startsWith("/@") || !existsSync(join(root, file)) || path === "/") return next();
    request.url = query === undefined ? file : `${file}?${query}`;
    scripts(request, response, next);
  };
}

function packed(model: string): Connect.NextHandleFunction {
  return (_request, response, next) => {
    packedMinilm(model).then((file) => response.end(file), next);
  };
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".mjs": "text/javascript",
  ".json": "application/json",
};

function folder(root: string, headers: Readonly<Record<string, string>> = {}): Connect.NextHandleFunction {
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
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    createReadStream(file).pipe(response);
  };
}
