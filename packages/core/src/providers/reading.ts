import type { OpenFilesOptions } from "../models/sources.ts";
import type { LoadOptions } from "./provider.ts";

/** Options for reading a model's files while it is loaded: their progress is "download". */
export function readingOf({ signal, onProgress, onFile }: LoadOptions): OpenFilesOptions {
  return {
    signal,
    onProgress(progress) {
      onFile?.(progress);
      onProgress?.({ stage: "download", done: progress.bytesDone, total: progress.bytesTotal });
    },
  };
}
