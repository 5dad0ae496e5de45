import {
  type FetchLike,
  fetchListing,
  httpSource,
  type KeptFile,
  type ModelListing,
  type ModelSource,
  type ReadOptions,
  type ResponseLike,
  resumingFetch,
} from "@pipit/core";
import type { VerdictMemory } from "@pipit/wasm";
import { openIdbBytes } from "./idb-bytes.ts";

/** Raise the number when the meaning of the stored files changes. Their digests are checked after every read. */
const CACHE = "pipit-models-1";

/**
 * Model files of the app's own origin, kept in the browser's Cache so that the next visit, online or not, loads nothing. If a fetch
 * is cut off, the received part is kept too and is not fetched again. If the origin has a listing of its files, files that it names as
 * missing are not requested.
 */
export function cachedSource(baseUrl: string): ModelSource {
  const base = new URL(baseUrl, location.href).href.replace(/\/+$/, "");
  const source = httpSource("this origin", base, cachedFetch);
  let listing: Promise<ModelListing | undefined> | undefined;
  const isListedMissing = async (path: string, { signal }: ReadOptions) => {
    listing ??= fetchListing(base, listingFetch, signal && { signal });
    return (await listing)?.get(path) === null;
  };
  return {
    ...source,
    async read(path, options) {
      const isKept = await (await openCache())?.match(`${base}/${path}`);
      return isKept || !(await isListedMissing(path, options)) ? source.read(path, options) : undefined;
    },
    async refuse(path) {
      const url = `${base}/${path}`;
      // Otherwise that write would end after the deletion, and the next visit would get the wrong bytes.
      await writing.get(url);
      await (await openCache())?.delete(url);
    },
  };
}

const plainFetch: FetchLike = (url, init) => fetch(url, init);

const cachedFetch: FetchLike = async (url, init) => {
  const cache = await openCache();
  const kept = await cache?.match(url);
  if (kept) return kept;
  const resuming = await resumed();
  const response = await resuming(url, init);
  return cache && response.ok && !isPage(response) ? keeping(cache, url, response) : response;
};

/** Offline, the last listing tells which files are stored. */
const listingFetch: FetchLike = async (url, init) => {
  const cache = await openCache();
  const response = await fetch(url, init).catch(() => cache?.match(url));
  if (!response) throw new TypeError(`${url} cannot be reached`);
  return cache && response.ok && !isPage(response) ? keeping(cache, url, response) : response;
};

// Undefined on plain http, and if storage is blocked. In a sandboxed frame, reading `caches` throws.
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined;
  }
}

let resuming: Promise<FetchLike> | undefined;

/** A fetch that resumes an interrupted download, or a plain fetch if parts cannot be stored. */
function resumed(): Promise<FetchLike> {
  resuming ??= openIdbBytes({ name: "downloads" }).then(
    (parts) => resumingFetch(plainFetch, parts),
    () => plainFetch,
  );
  return resuming;
}

/** Returns the response unchanged. It is put into the cache after it was read to its end. */
function keeping(cache: Cache, url: string, response: ResponseLike): ResponseLike {
  if (response instanceof Response) {
    keep(cache, url, response.clone());
    return response;
  }
  const reader = response.body?.getReader();
  if (!reader) return response;
  const chunks: BlobPart[] = [];
  const read = async () => {
    const part = await reader.read();
    if (part.value) chunks.push(part.value as Uint8Array<ArrayBuffer>);
    if (part.done) keep(cache, url, new Response(new Blob(chunks)));
    return part;
  };
  return { ...response, body: { getReader: () => ({ read }) } };
}

/** The last write of each file. */
const writing = new Map<string, Promise<void>>();

// After a failure, for example with a full quota, the next visit downloads again.
function keep(cache: Cache, url: string, response: Response): void {
  const written = cache.put(url, response).catch((error) => {
    console.warn(`pipit: ${url} is not kept for offline use: ${error}`);
  });
  writing.set(url, written);
}

// Servers of single-page apps answer unknown paths with their page.
const isPage = (response: ResponseLike) => response.headers.get("content-type")?.startsWith("text/html") ?? false;

/** A file that was made here. It is stored beside fetched files, under a URL that is never requested. */
export function keptFile(models: string, name: string): KeptFile {
  const url = `${new URL(models, location.href).href.replace(/\/+$/, "")}/made-here/${name}`;
  return {
    async read() {
      const kept = await (await openCache())?.match(url);
      return kept && new Uint8Array(await kept.arrayBuffer());
    },
    async write(bytes) {
      const cache = await openCache();
      // After a failure, for example with a full quota, the next visit makes the file again.
      await cache?.put(url, new Response(bytes)).catch((error) => console.warn(`pipit: ${url} is not kept: ${error}`));
    },
    async drop() {
      await (await openCache())?.delete(url);
    },
  };
}

/** Stores the encoder build that was fastest in this browser on this device. */
export const fastestBuild: VerdictMemory = {
  async read() {
    const bytes = await buildFile().read();
    return bytes && new TextDecoder().decode(bytes);
  },
  write: (build) => buildFile().write(new TextEncoder().encode(build)),
};

// The user agent is in the name: an update of the browser changes it, and may add instructions.
function buildFile(): KeptFile {
  return keptFile(location.origin, `encoder-build-${encodeURIComponent(navigator.userAgent)}`);
}
