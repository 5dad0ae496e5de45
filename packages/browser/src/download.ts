import type { OpenFilesOptions } from "@pipit/core";
import type { ImproveOptions } from "./tab-engine.ts";

/** Options for opening model files in a tab: progress as "download", digests by the platform. */
export function openingOptions({ signal, onProgress }: ImproveOptions): OpenFilesOptions {
  return {
    signal,
    onProgress: ({ bytesDone, bytesTotal }) => onProgress?.({ stage: "download", done: bytesDone, total: bytesTotal }),
    // Pages on plain http have no subtle crypto: core hashes in JavaScript there.
    digest: crypto.subtle ? platformDigest : undefined,
  };
}

async function platformDigest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}
