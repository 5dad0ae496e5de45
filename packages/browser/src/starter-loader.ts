import { type EmbedderChoice, PipitError, type Space } from "@pipit/core";
import { createStarterEmbedder } from "@pipit/starter";
import type { OpenRequest } from "./protocol.ts";

/** Fetches the starter's file and opens it. Fails with `model-unavailable`, `bad-model`, `space-mismatch`. */
export function createStarterLoader(space: Space): (request: OpenRequest) => Promise<EmbedderChoice> {
  return async ({ starterUrl }) => {
    const file = await fetchFile(starterUrl);
    const embedder = createStarterEmbedder(file, space);
    return { embedder, backend: "js", why: "the starter answers before any model is loaded" };
  };
}

async function fetchFile(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch((cause) => {
    throw missing(url, String(cause));
  });
  if (!response.ok) throw missing(url, `HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function missing(url: string, got: string): PipitError {
  return new PipitError("model-unavailable", {
    got: `${got} for the starter at ${url}`,
    expected: "the file starter.pipit",
    do: "Serve the file at that address, or keep it for offline use by the service worker.",
  });
}
