/** A file that comes at this pace is there before the worker asks for it. */
const FAST_MS = 300;
const FAST_SHARE = 0.25;

export interface AheadOptions {
  /** Size of the file. */
  readonly bytes: number;
  readonly onProgress: (bytes: number) => void;
}

/**
 * Fetches a file into the browser's cache, from which the engine's worker then reads it. A worker's download cannot be followed from its
 * page, and this file is most of a first visit. Resolves when the file is there, or as soon as it is seen to come fast: only
 * a slow file is worth the wait, because a browser may fetch it twice if both ask at once. A failure is left to the worker,
 * which reports it with advice. A file that the cache does not keep is left to the worker too.
 */
export function fetchAhead(url: string, options: AheadOptions): Promise<void> {
  const began = performance.now();
  return new Promise((resolve) => {
    const onProgress = (bytes: number) => {
      options.onProgress(bytes);
      if (bytes >= options.bytes * FAST_SHARE && performance.now() - began < FAST_MS) resolve();
    };
    readAll(url, onProgress).then(resolve, () => resolve());
  });
}

async function readAll(url: string, onProgress: (bytes: number) => void): Promise<void> {
  const { body, headers } = await fetch(url);
  if (!isKept(headers)) return body?.cancel();
  const reader = body?.getReader();
  let bytes = 0;
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    bytes += chunk.value.byteLength;
    onProgress(bytes);
  }
}

/** True if a second request needs no second download: the file stays fresh for a while, or the server can say that it is the same. */
function isKept(headers: Headers): boolean {
  const control = headers.get("Cache-Control") ?? "";
  if (/no-store/i.test(control)) return false;
  return headers.has("ETag") || headers.has("Last-Modified") || /max-age=[1-9]/i.test(control);
}
