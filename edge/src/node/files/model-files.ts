import { LISTING_FILE, listingText } from "@pipit/core";
import type { Context, MiddlewareHandler } from "hono";
import { heldListing } from "../models/model-listing.ts";
import { isUrl, type ModelPlace } from "../models/model-sources.ts";
import { fileAnswer } from "./file-answer.ts";
import { plainFile } from "./plain-file.ts";
import { unlessReading } from "./reading-only.ts";
import { MODEL_HEADERS, relayedFile } from "./relayed-file.ts";

// A folder of models may hold other files: only files of models are served.
const MODEL_FILE = /\.(json|onnx|onnx_data|txt|model|bin|pipit)$/;

/** Serves model files to the tab under /models/, with byte ranges, from the first place that has them, and lists them. */
export function modelFiles(places: readonly ModelPlace[]): MiddlewareHandler {
  const listing = heldListing(places);
  return async (c, next) => {
    const path = c.req.path.slice("/models/".length);
    if (!MODEL_FILE.test(path)) return next();
    const other = unlessReading(c);
    if (other) return other;
    if (path === LISTING_FILE) return new Response(listingText(await listing()), { headers: LISTING_HEADERS });
    for (const place of places) {
      const response = isUrl(place) ? await relayedFile(c, place, path) : await fromFolder(c, place, path);
      if (response) return response;
    }
    return next();
  };
}

const LISTING_HEADERS = { ...MODEL_HEADERS, "Content-Type": "application/json", "Accept-Ranges": "none" };

async function fromFolder(c: Context, folder: string, path: string): Promise<Response | undefined> {
  const file = await plainFile(folder, path);
  if (!file) return undefined;
  const { size, mtimeMs } = file.facts;
  const version = { etag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`, modified: mtimeMs };
  return fileAnswer(c, { path: file.path, size, version, headers: MODEL_HEADERS });
}
