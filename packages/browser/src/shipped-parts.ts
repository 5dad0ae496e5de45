import { MINILM_MODEL, MINILM_SPACE } from "@pipit/core";
import { loadIndex, loadMinilmProjection, loadTokenScorer } from "@pipit/wasm/web";
import { createModelLoader } from "./model-loader.ts";
import { createStarterLoader } from "./starter-loader.ts";
import type { HostParts } from "./tab-host.ts";

/** The parts of the package's own host, in the worker and on the page's own thread. */
export const shippedParts: HostParts = {
  space: MINILM_SPACE,
  first: createStarterLoader(MINILM_SPACE),
  better: createModelLoader({
    ...MINILM_MODEL,
    recipe: async () => (await import("@pipit/wasm/pack")).MINILM_RECIPE,
    projection: loadMinilmProjection,
  }),
  index: ({ threads }) => loadIndex({ threads }),
  scorer: loadTokenScorer,
};
