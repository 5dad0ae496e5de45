import { PipitError } from "../errors.ts";
import { joinedBytes } from "../joined-bytes.ts";
import type { ModelSource, ReadOptions } from "./sources.ts";

/** The small part of `fetch` that is needed to read a file. */
export type FetchLike = (url: string, init: FetchInit) => Promise<ResponseLike>;

export interface FetchInit {
  readonly signal?: AbortSignal;
  readonly headers?: Record<string, string>;
}

export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { getReader(): ReaderLike } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface ReaderLike {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel?(): Promise<void>;
}

/** Reads model files below `baseUrl`: the app's own origin, a mirror, or the public hub. */
export function httpSource(name: string, baseUrl: string, fetchLike: FetchLike): ModelSource {
  const base = baseUrl.replace(/\/+$/, "");
  return {
    name,
    async read(path, options) {
      const response = await fetchLike(`${base}/${path}`, options.signal ? { signal: options.signal } : {});
      if (isMissing(response)) return undefined;
      if (!response.ok) throw new Error(`HTTP ${response.status} for ${path}`);
      return response.body ? readStream(path, response, options) : readWhole(response, options);
    },
  };
}

// An app's server answers unknown paths with its page and status 200; no model file is HTML. Hubs answer 401 for
// repositories that do not exist.
function isMissing({ status, headers }: ResponseLike): boolean {
  if (status === 404 || status === 401 || status === 410) return true;
  return headers.get("content-type")?.startsWith("text/html") ?? false;
}

async function readWhole(response: ResponseLike, { onProgress }: ReadOptions): Promise<Uint8Array> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  onProgress?.(bytes.length, bytes.length);
  return bytes;
}

/** A host may send bytes without an end: nothing is read beyond the file's length. */
async function readStream(path: string, response: ResponseLike, options: ReadOptions): Promise<Uint8Array> {
  const { onProgress, mostBytes = Number.POSITIVE_INFINITY } = options;
  const total = announcedLength(response);
  const reader = response.body!.getReader();
  const chunks: Uint8Array[] = [];
  let done = 0;
  for (;;) {
    if (Math.max(done, total ?? 0) > mostBytes) {
      await reader.cancel?.();
      throw tooLong(path, mostBytes);
    }
    const part = await reader.read();
    if (part.done) return joinedBytes(chunks, done);
    if (!part.value) continue;
    chunks.push(part.value);
    done += part.value.length;
    onProgress?.(done, total);
  }
}

function tooLong(path: string, mostBytes: number): PipitError {
  return new PipitError("bad-model", {
    got: `${path} with more than ${mostBytes} bytes`,
    expected: "a version of the file that is known",
    do: "Put the right file there; this one was not used.",
  });
}

// With a content encoding the header counts compressed bytes, the stream plain ones.
function announcedLength({ headers }: ResponseLike): number | undefined {
  const length = Number(headers.get("content-length") ?? Number.NaN);
  return headers.get("content-encoding") || Number.isNaN(length) ? undefined : length;
}
