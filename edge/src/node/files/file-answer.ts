import { open } from "node:fs/promises";
import type { Context } from "hono";
import { Refusal } from "../../app/refusal.ts";
import { byteRange } from "./byte-range.ts";
import { isExpectedVersion, isKnown, isRangeCurrent, type Version } from "./conditions.ts";
import { fileStream } from "./file-stream.ts";
import { orBusy } from "./no-descriptor.ts";

export interface FileAnswer {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly version: Version;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The unchanged file, whole or in part, or 304 if the caller has it. Fails with `busy` if no more files can be opened: the file is
 * opened first, because the status cannot change once the answer has begun.
 */
export async function fileAnswer(c: Context, file: FileAnswer): Promise<Response> {
  const headers = { ...file.headers, ...versionHeaders(file.version), "Accept-Ranges": "bytes" };
  const settled = answerWithoutFile(c, file.version, headers);
  if (settled) return settled;
  const asked = c.req.method === "GET" && isRangeCurrent(headerOf(c), file.version) ? c.req.header("range") : undefined;
  const part = byteRange(asked, file.size);
  if (part === "unsatisfiable") throw unsatisfiable(file.size);
  const { start, end } = part ?? { start: 0, end: file.size - 1 };
  const range = part ? { "Content-Range": `bytes ${start}-${end}/${file.size}` } : {};
  // The body of an answer to HEAD is never read, so its file would never be closed.
  const isRead = file.size > 0 && c.req.method === "GET";
  const body = isRead ? fileStream(await open(file.path).catch(orBusy), { start, end }) : null;
  const length = { "Content-Length": `${end + 1 - start}` };
  return new Response(body, { status: part ? 206 : 200, headers: { ...headers, ...length, ...range } });
}

/** 304 if the caller has this version; undefined if it needs the file. Throws a 412 if it accepts only other versions. */
export function answerWithoutFile(c: Context, version: Version, headers: Record<string, string>): Response | undefined {
  if (!isExpectedVersion(headerOf(c), version)) throw otherVersion(version);
  return isKnown(headerOf(c), version) ? new Response(null, { status: 304, headers }) : undefined;
}

function headerOf(c: Context): (name: string) => string | undefined {
  return (name) => c.req.header(name);
}

export function versionHeaders({ etag, modified }: Version): Record<string, string> {
  return { ETag: etag, "Last-Modified": new Date(modified).toUTCString() };
}

function otherVersion(version: Version): Refusal {
  return new Refusal(412, {
    got: "a request for another version of the file",
    expected: `${version.etag}, or a request for any`,
    do: "Leave the condition out to get this version.",
    headers: versionHeaders(version),
  });
}

function unsatisfiable(size: number): Refusal {
  return new Refusal(416, {
    got: "a range beyond the end",
    expected: `bytes from 0 to ${size - 1}`,
    do: "Ask for the length with HEAD, then for a part of it.",
    headers: { "Content-Range": `bytes */${size}` },
  });
}
