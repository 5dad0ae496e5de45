import { open } from "node:fs/promises";
import type { Context } from "hono";
import { Refusal } from "../refusal.ts";
import { byteRange } from "./byte-range.ts";
import { isKnown, isRangeCurrent, type Version } from "./conditions.ts";
import { fileStream } from "./file-stream.ts";
import { orBusy } from "./no-descriptor.ts";

export interface FileAnswer {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly version: Version;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The unchanged file, whole or in part, or 304 if the caller has it. Fails with `busy` if no more files can be opened: the file is
 * opened first, because the status cannot change once the answer has begun.
 */
export async function fileAnswer(c: Context, file: FileAnswer): Promise<Response> {
  const header = (name: string) => c.req.header(name);
  const headers = { ...file.headers, ...versionHeaders(file.version), "Accept-Ranges": "bytes" };
  if (isKnown(header, file.version)) return new Response(null, { status: 304, headers });
  const asked = c.req.method === "GET" && isRangeCurrent(header, file.version) ? header("range") : undefined;
  const part = byteRange(asked, file.size);
  if (part === "unsatisfiable") throw unsatisfiable(file.size);
  const { start, end } = part ?? { start: 0, end: file.size - 1 };
  const range = part ? { "Content-Range": `bytes ${start}-${end}/${file.size}` } : {};
  // The body of an answer to HEAD is never read, so that its file would never be closed.
  const isRead = file.size > 0 && c.req.method === "GET";
  const body = isRead ? fileStream(await open(file.path).catch(orBusy), { start, end }) : null;
  const length = { "Content-Length": `${end + 1 - start}` };
  return new Response(body, { status: part ? 206 : 200, headers: { ...headers, ...length, ...range } });
}

export function versionHeaders({ etag, modified }: Version): Record<string, string> {
  return { ETag: etag, "Last-Modified": new Date(modified).toUTCString() };
}

function unsatisfiable(size: number): Refusal {
  return new Refusal(416, {
    got: "a range beyond the end",
    expected: `bytes from 0 to ${size - 1}`,
    do: "Ask for the length with HEAD, then for a part of it.",
    headers: { "Content-Range": `bytes */${size}` },
  });
}
