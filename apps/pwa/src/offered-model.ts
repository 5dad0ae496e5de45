import { MODELS_URL } from "./engine.ts";

/** Either will do: the file that is packed here, which most servers have, or packed on the server. */
const WEIGHTS = ["onnx/model_quantized.onnx", "pipit/encoder.pipit"];

/** Size of the better model on the server; undefined when it has none or cannot be reached. */
export async function offeredBytes(): Promise<number | undefined> {
  if (await serverHasNone()) return undefined;
  for (const file of WEIGHTS) {
    const bytes = await bytesOf(`${MODELS_URL}/all-MiniLM-L6-v2/${file}`);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** A server of ours says which models it has; asking it for a file that is not there would be an error in the console. */
async function serverHasNone(): Promise<boolean> {
  const answer = await jsonAt("v1/models");
  const states = Array.isArray(answer?.data) ? (answer.data as { id?: unknown; state?: unknown }[]) : [];
  const better = states.filter(({ id }) => id !== "starter");
  return states.length > 0 && !better.some(({ state }) => state === "ready" || state === "loading");
}

async function jsonAt(path: string): Promise<{ data?: unknown } | undefined> {
  try {
    const response = await fetch(new URL(path, document.baseURI));
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

async function bytesOf(path: string): Promise<number | undefined> {
  try {
    const response = await fetch(new URL(path, document.baseURI), { method: "HEAD" });
    // A server that answers every path with its page has no model either.
    if (!response.ok || response.headers.get("content-type")?.startsWith("text/html")) return undefined;
    return Number(response.headers.get("content-length")) || 23_000_000;
  } catch {
    return undefined;
  }
}
