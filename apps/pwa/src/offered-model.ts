import { fetchListing, type ModelListing } from "@pipit/core";
import { MODELS_URL } from "./engine.ts";

const FOLDER = "all-MiniLM-L6-v2";

/** Any of these files suffices: a packed file, or weights that the tab packs itself. */
const WEIGHTS = ["onnx/model_quantized.onnx", "pipit/encoder.pipit", "onnx/model.onnx"];

/** Size of the better model on the server; undefined if the server does not have it or cannot be reached. */
export async function offeredBytes(): Promise<number | undefined> {
  const models = new URL(MODELS_URL, document.baseURI).href;
  const listing = await fetchListing(models, fetch);
  return listing ? listedBytes(listing) : askedBytes(models);
}

/** Undefined if the tokenizer is missing: weights alone are not usable. */
function listedBytes(listing: ModelListing): number | undefined {
  if (sizeOf(listing, "tokenizer.json") === undefined) return undefined;
  return WEIGHTS.map((file) => sizeOf(listing, file)).find((bytes) => bytes !== undefined);
}

function sizeOf(listing: ModelListing, file: string): number | undefined {
  const found = [...listing].find(([path, bytes]) => bytes !== null && isOurs(path) && path.endsWith(`/${file}`));
  return found?.[1] ?? undefined;
}

const isOurs = (path: string) => path.split("/").includes(FOLDER);

/** Requests each file from a host without a listing; missing files show as errors in the console. */
async function askedBytes(models: string): Promise<number | undefined> {
  for (const file of WEIGHTS) {
    const bytes = await bytesOf(`${models}/${FOLDER}/${file}`);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

async function bytesOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { method: "HEAD" });
    // A server that answers every path with its page has no model.
    if (!response.ok || response.headers.get("content-type")?.startsWith("text/html")) return undefined;
    return Number(response.headers.get("content-length")) || 23_000_000;
  } catch {
    return undefined;
  }
}
