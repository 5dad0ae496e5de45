import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { httpSource, type ModelSource } from "@pipit/core";
import type { MiddlewareHandler } from "hono";
import { plainFile } from "./plain-file.ts";
import { safePath } from "./safe-path.ts";

/** A folder or a URL laid out like the model hub. */
export type ModelPlace = string;

/** "a,b" to its places; nothing to none: no network is asked unless somebody names it. */
export function modelPlaces(list: string | undefined): ModelPlace[] {
  return (list ?? "")
    .split(",")
    .map((place) => place.trim())
    .filter((place) => place !== "");
}

export function modelSource(place: ModelPlace): ModelSource {
  if (isUrl(place)) return httpSource(place, place, fetch);
  return {
    name: place,
    async read(path) {
      const file = safePath(place, path);
      return file ? await readFile(file).catch(absent) : undefined;
    },
  };
}

// A folder given as a source may hold other things: only what a model is made of leaves it.
const MODEL_FILE = /\.(json|onnx|onnx_data|txt|model|bin|pipit)$/;

/** Hands the model files on to the tab under /models/, with byte ranges, from the first place that has them. */
export function modelFiles(places: readonly ModelPlace[]): MiddlewareHandler {
  return async (c, next) => {
    const path = c.req.path.slice("/models/".length);
    if (!MODEL_FILE.test(path)) return next();
    for (const place of places) {
      const range = c.req.header("range");
      const response = isUrl(place) ? await fromUrl(place, path, range) : await fromFolder(place, path, range);
      if (response) return response;
    }
    return next();
  };
}

const HEADERS = {
  "Content-Type": "application/octet-stream",
  "Accept-Ranges": "bytes",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

async function fromFolder(folder: string, path: string, range: string | undefined): Promise<Response | undefined> {
  const file = await plainFile(folder, path);
  if (!file) return undefined;
  const { size } = file.facts;
  const part = rangeOf(range, size);
  if (part === "unsatisfiable") {
    return new Response(null, { status: 416, headers: { ...HEADERS, "Content-Range": `bytes */${size}` } });
  }
  const { start, end } = part ?? { start: 0, end: size - 1 };
  const body = size === 0 ? null : (Readable.toWeb(createReadStream(file.path, { start, end })) as ReadableStream);
  const headers = { ...HEADERS, "Content-Length": `${end - start + 1}` };
  if (!part) return new Response(body, { headers });
  return new Response(body, { status: 206, headers: { ...headers, "Content-Range": `bytes ${start}-${end}/${size}` } });
}

async function fromUrl(base: string, path: string, range: string | undefined): Promise<Response | undefined> {
  const url = new URL(path, `${base.replace(/\/+$/, "")}/`);
  if (!url.href.startsWith(`${base.replace(/\/+$/, "")}/`)) return undefined;
  const response = await fetch(url, { headers: range ? { range } : {} }).catch(() => undefined);
  if (!response?.ok && response?.status !== 416) return undefined;
  const headers = new Headers(HEADERS);
  const passed = response.headers.get("content-encoding") ? ["content-range"] : ["content-range", "content-length"];
  for (const name of passed) {
    const value = response.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(response.body, { status: response.status, headers });
}

/** One range of bytes, both ends included; several in one request are answered whole, as the standard allows. */
function rangeOf(header: string | undefined, size: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const start = match[1] === "" ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === "" || match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end ? ("unsatisfiable" as const) : { start, end };
}

function isUrl(place: ModelPlace): boolean {
  return /^https?:\/\//.test(place);
}

function absent(error: { code?: string }): undefined {
  if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") return undefined;
  throw error;
}
