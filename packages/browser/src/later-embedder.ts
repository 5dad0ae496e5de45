import type { Embedder } from "@pipit/core";
import { once } from "./once.ts";

/** An embedder whose model is loaded by its first call, as that of pictures, which most visits do not need. A load that fails is tried again by the next call. */
export function laterEmbedder(
  known: Pick<Embedder, "space" | "producer" | "reads">,
  load: () => Promise<Embedder>,
): Embedder {
  const loaded = once(() => "", load);
  let isLoaded: Promise<Embedder> | undefined;
  return {
    ...known,
    async embed(pieces, options) {
      isLoaded = loaded();
      return (await isLoaded).embed(pieces, options);
    },
    async close() {
      const embedder = await isLoaded?.catch(() => undefined);
      await embedder?.close();
    },
  };
}
