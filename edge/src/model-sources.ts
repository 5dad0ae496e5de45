import { readFile } from "node:fs/promises";
import { httpSource, type ModelSource, PipitError } from "@pipit/core";
import type { Context, MiddlewareHandler } from "hono";
import { fileAnswer } from "./files/file-answer.ts";
import { unlessReading } from "./files/reading-only.ts";
import { MODEL_HEADERS, relayedFile } from "./files/relayed-file.ts";
import { plainFile } from "./plain-file.ts";
import { safePath } from "./safe-path.ts";

/** A folder or a URL laid out like the model hub. */
export type ModelPlace = string;

/** "a,b" to its places; nothing to none: no network is asked unless somebody names it. */
export function modelPlaces(list: string | undefined, name = "PIPIT_MODELS"): ModelPlace[] {
  const places = (list ?? "")
    .split(",")
    .map((place) => place.trim())
    .filter((place) => place !== "");
  for (const place of places) checkPlace(place, name);
  return places;
}

function checkPlace(place: string, name: string): void {
  if (!place.includes("://") || (isUrl(place) && URL.canParse(place))) return;
  throw new PipitError("bad-input", {
    got: `${place} in ${name}`,
    expected: "paths of folders, or addresses that begin with https:// or http://, comma between",
    do: "Correct it, or leave it out.",
  });
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
    const other = unlessReading(c);
    if (other) return other;
    for (const place of places) {
      const response = isUrl(place) ? await relayedFile(c, place, path) : await fromFolder(c, place, path);
      if (response) return response;
    }
    return next();
  };
}

async function fromFolder(c: Context, folder: string, path: string): Promise<Response | undefined> {
  const file = await plainFile(folder, path);
  if (!file) return undefined;
  const { size, mtimeMs } = file.facts;
  const version = { etag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`, modified: mtimeMs };
  return fileAnswer(c, { path: file.path, size, version, headers: MODEL_HEADERS });
}

function isUrl(place: ModelPlace): boolean {
  return /^https?:\/\//.test(place);
}

function absent(error: { code?: string }): undefined {
  if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") return undefined;
  throw error;
}
