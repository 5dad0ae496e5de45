import type { ServerResponse } from "node:http";
import type { Context } from "hono";
import { fetchUnlessSilent } from "../models/fetch-unless-silent.ts";
import { unlessBusy } from "./no-descriptor.ts";
import { safePath } from "./safe-path.ts";

/** Model files are public, and pages of other sites that embed the widget read them too. */
export const MODEL_HEADERS = {
  "Content-Type": "application/octet-stream",
  "Content-Security-Policy": "default-src 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-cache",
  "Accept-Ranges": "bytes",
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

const ASKED = ["range", "if-range", "if-none-match", "if-modified-since"];
const TOLD = ["content-range", "content-length", "etag", "last-modified"];
// A compressed answer arrives here decompressed: these headers describe other bytes.
const TOLD_OF_UNPACKED = ["content-range"];

/** The answer of another server for a file below `base`, or undefined if it has no such file. */
export async function relayedFile(c: Context, base: string, path: string): Promise<Response | undefined> {
  // The other server may decode parts that are encoded here.
  if (safePath("", path) === undefined) return undefined;
  const folder = `${base.replace(/\/+$/, "")}/`;
  const url = new URL(path, folder);
  if (!url.href.startsWith(folder)) return undefined;
  const response = await asked(c, url).catch(unlessBusy);
  if (!response || isPage(response) || !(response.ok || response.status === 304 || response.status === 416)) {
    await response?.body?.cancel();
    return undefined;
  }
  const body = response.body && unlessCut(response.body, c, url);
  return new Response(body, { status: response.status, headers: toldHeaders(response) });
}

/** True if a host answers with an HTML page: such a host does so for any path, and does not have the file. */
export function isPage({ headers }: Response): boolean {
  return headers.get("content-type")?.startsWith("text/html") ?? false;
}

/** The request ends when the caller leaves. Once the answer has begun, its body is cancelled instead. */
async function asked(c: Context, url: URL): Promise<Response> {
  const { method, signal } = c.req.raw;
  const ending = new AbortController();
  const end = () => ending.abort(signal.reason);
  signal.addEventListener("abort", end);
  try {
    return await fetchUnlessSilent(url, { method, signal: ending.signal, headers: askedHeaders(c) });
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** If the other server ends a body early, the connection is closed, with one line in the log. Node's adapter would log a stack. */
function unlessCut(body: ReadableStream<Uint8Array>, c: Context, { host }: URL): ReadableStream<Uint8Array> {
  const outgoing: ServerResponse | undefined = c.env?.outgoing;
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        console.error(`request ${c.get("requestId")}: ${host} ended its answer early (${(error as Error).message})`);
        if (!outgoing) throw error;
        outgoing.destroy();
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function askedHeaders(c: Context): Headers {
  return picked(new Headers(), ASKED, (name) => c.req.header(name));
}

function toldHeaders({ headers }: Response): Headers {
  const names = headers.get("content-encoding") ? TOLD_OF_UNPACKED : TOLD;
  return picked(new Headers(MODEL_HEADERS), names, (name) => headers.get(name) ?? undefined);
}

function picked(headers: Headers, names: readonly string[], value: (name: string) => string | undefined): Headers {
  for (const name of names) {
    const found = value(name);
    if (found !== undefined) headers.set(name, found);
  }
  return headers;
}
