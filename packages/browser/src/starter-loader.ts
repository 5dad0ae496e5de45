import { type EmbedderChoice, isPipitError, PipitError, type Space } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import type { OpenRequest } from "./protocol.ts";

/** The Cache that holds the file of the last visit, for one without a network. */
const SHELF = "pipit-starter-1";

/**
 * Fetches the starter's file and opens it. Without a network, or where the file is not served any more, that of the last visit is opened.
 * Fails with `model-unavailable`, `bad-model`, `space-mismatch`.
 */
export function createStarterLoader(space: Space): (request: OpenRequest) => Promise<EmbedderChoice> {
  return async ({ starterUrl }) => ({
    embedder: await opened(starterUrl, space),
    backend: "js",
    why: "the starter answers before any model is loaded",
  });
}

async function opened(url: string, space: Space): Promise<EmbedderChoice["embedder"]> {
  try {
    const file = await fetchFile(url);
    const embedder = createStarterEmbedder(file, space);
    // After a failure, for example with a full quota, the next visit keeps it.
    void keep(url, file).catch(() => undefined);
    return embedder;
  } catch (error) {
    if (!isPipitError(error, "model-unavailable")) throw error;
    return openedAsKept(url, space).catch(() => {
      throw error;
    });
  }
}

/** Fails if no file is kept, or one of a former build that this one cannot open. */
async function openedAsKept(url: string, space: Space): Promise<EmbedderChoice["embedder"]> {
  const kept = await keptFile(url);
  if (!kept) throw missing(url, "no kept file");
  return createStarterEmbedder(kept, space);
}

async function fetchFile(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch((cause) => {
    throw missing(url, String(cause));
  });
  if (!response.ok) throw missing(url, `HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A service worker of the site may keep the file already, under an address with a query. */
async function keptFile(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await globalThis.caches?.match(url, { ignoreSearch: true });
  return response && new Uint8Array(await response.arrayBuffer());
}

async function keep(url: string, file: Uint8Array<ArrayBuffer>): Promise<void> {
  const kept = await keptFile(url);
  if (kept?.length === file.length && kept.every((byte, i) => byte === file[i])) return;
  const shelf = await globalThis.caches?.open(SHELF);
  await shelf?.put(url, new Response(file));
}

function missing(url: string, got: string): PipitError {
  return new PipitError("model-unavailable", {
    got: `${got} for the starter at ${url}`,
    expected: "the file starter.pipit",
    do: "Serve the file at that address, or keep it for offline use by the service worker.",
  });
}
