import { bertFamily } from "./encoder-family.ts";
import { MINILM_STATISTICS } from "./minilm-statistics.ts";
import type { EncoderRecipe } from "./pack-model.ts";
import { decodeStatistics } from "./statistics.ts";

/** all-MiniLM-L6-v2: six layers of BERT, a window of 256 tokens. */
export const MINILM_RECIPE: EncoderRecipe = {
  family: bertFamily("mean"),
  heads: 12,
  positions: 256,
  statistics: decodeStatistics(MINILM_STATISTICS, { layers: 6, width: 384, inner: 1536 }),
};
