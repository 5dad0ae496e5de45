import { createModelLoader, createStarterLoader, serveTab } from "@pipit/browser/host";
import { exactIndex, MINILM, MINILM_GOLDEN, MINILM_SPACE } from "@pipit/core";

const { fp32 } = MINILM.variants;

serveTab({
  first: createStarterLoader(MINILM_SPACE),
  better: createModelLoader({ spec: { ...MINILM, variants: { fp32: fp32! } }, golden: MINILM_GOLDEN }),
  index: async () => exactIndex,
});
