import { type FetchLike, httpSource, type ModelSource } from "@pipit/core";

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
