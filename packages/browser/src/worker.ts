import { MINILM, MINILM_GOLDEN, MINILM_SPACE } from "@pipit/core";
import { loadIndex } from "@pipit/wasm/web";
import { serveTab } from "./host.ts";
import { createModelLoader } from "./model-loader.ts";
import { createStarterLoader } from "./starter-loader.ts";

serveTab({
  first: createStarterLoader(MINILM_SPACE),
  better: createModelLoader({
    spec: MINILM,
    golden: MINILM_GOLDEN,
    recipe: async () => (await import("@pipit/wasm/pack")).MINILM_RECIPE,
  }),
  index: ({ threads }) => loadIndex({ threads }),
});
