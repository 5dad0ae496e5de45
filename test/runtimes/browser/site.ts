import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";

export interface SiteOptions {
  /** Folders by the path under which they are served, which ends in a slash. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Texts by their full path. */
  readonly texts?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A static site of one origin. A test may change its files while the site is served. */
export interface Site {
  readonly port: number;
  readonly url: string;
  readonly texts: Record<string, string>;
  /** Prefixes of paths that answer 404 although they exist. */
  readonly missing: Set<string>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".html": "text/html; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Serves on a free port of this machine; other origins may read the files. */
export async function serveSite({ folders = {}, texts = {}, headers = {} }: SiteOptions): Promise<Site> {
  const open = { ...texts };
  const missing = new Set<string>();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const isMissing = [...missing].some((start) => pathname.startsWith(start));
    const body = isMissing ? undefined : (open[pathname] ?? (await fileOf(folders, pathname)));
    answer(response, { body, type: TYPES[extname(pathname)] ?? "application/octet-stream", headers });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    texts: open,
    missing,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function fileOf(folders: Readonly<Record<string, string>>, path: string) {
  const mount = Object.keys(folders).find((start) => path.startsWith(start));
  if (!mount) return undefined;
  return readFile(join(folders[mount]!, normalize(`/${path.slice(mount.length)}`))).catch(() => undefined);
}

interface Answer {
  readonly body: string | Uint8Array | undefined;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

function answer(response: ServerResponse, { body, type, headers }: Answer): void {
  response.writeHead(body === undefined ? 404 : 200, {
    "content-type": type,
    "cache-control": "no-store",
    "access-control-allow-origin": "*",
    ...headers,
  });
  response.end(body);
}
