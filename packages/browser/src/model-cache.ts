import { type FetchLike, httpSource, type ModelSource } from "@pipit/core";
import type { KeptFile, VerdictMemory } from "@pipit/wasm";

/** Bump when what is kept under a URL changes its meaning. Contents are checked by digest after every read. */
const CACHE = "pipit-models-1";

/** Model files of the app's own origin, kept in the browser's Cache so that the next visit, online or not, loads nothing. */
export function cachedSource(baseUrl: string): ModelSource {
  const base = new URL(baseUrl, location.href).href.replace(/\/+$/, "");
  const source = httpSource("this origin", base, cachedFetch);
  return {
    ...source,
    async refuse(path) {
      const cache = await caches.open(CACHE);
      await cache.delete(`${base}/${path}`);
    },
  };
}

const cachedFetch: FetchLike = async (url, init) => {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url);
  if (kept) return kept;
  const response = await fetch(url, init);
  if (response.ok && !isPage(response)) keep(cache, url, response.clone());
  return response;
};

// A full quota costs the next visit a download, and this one nothing. A download that is aborted is not kept.
function keep(cache: Cache, url: string, response: Response): void {
  cache.put(url, response).catch((error) => console.warn(`pipit: ${url} is not kept for offline use: ${error}`));
}

// Servers of single-page apps answer unknown paths with their page.
const isPage = (response: Response) => response.headers.get("content-type")?.startsWith("text/html") ?? false;

/** A file that was made here, kept beside those that were fetched, under an address that is never asked for. */
export function keptFile(models: string, name: string): KeptFile {
  const url = `${new URL(models, location.href).href.replace(/\/+$/, "")}/made-here/${name}`;
  return {
    async read() {
      const kept = await (await caches.open(CACHE)).match(url);
      return kept && new Uint8Array(await kept.arrayBuffer());
    },
    async write(bytes) {
      const cache = await caches.open(CACHE);
      // A full quota costs the next visit the work, and this one nothing.
      await cache.put(url, new Response(bytes)).catch((error) => console.warn(`pipit: ${url} is not kept: ${error}`));
    },
    async drop() {
      await (await caches.open(CACHE)).delete(url);
    },
  };
}

/** Which build of the encoder was quickest in this browser on this device. */
export const buildMemory: VerdictMemory = {
  async read() {
    const bytes = await buildFile().read();
    return bytes && new TextDecoder().decode(bytes);
  },
  write: (build) => buildFile().write(new TextEncoder().encode(build)),
};

// An engine may learn an instruction with an update, which its user agent tells.
function buildFile(): KeptFile {
  return keptFile(location.origin, `encoder-build-${encodeURIComponent(navigator.userAgent)}`);
}
