import type { Embedder } from "@pipit/core";
import { once } from "./once.ts";

/** An embedder whose model is loaded by its first call, as that of pictures, which most visits do not need. A load that fails is tried again by the next. */
export function laterEmbedder(
  known: Pick<Embedder, "space" | "producer" | "reads">,
  load: () => Promise<Embedder>,
): Embedder {
  const loaded = once(() => "", load);
  let loading: Promise<Embedder> | undefined;
  let isLoaded = false;
  return {
    ...known,
    get isLoaded() {
      return isLoaded;
    },
    async embed(pieces, options) {
      loading = loaded();
      const embedder = await loading;
      isLoaded = true;
      return embedder.embed(pieces, options);
    },
    async close() {
      const embedder = await loading?.catch(() => undefined);
      await embedder?.close();
    },
  };
}
