import { MINILM_GOLDEN } from "../models/minilm-golden.ts";
import { MINILM } from "../models/registry.ts";
import type { LoadableModel } from "./provider.ts";

export const MINILM_MODEL: LoadableModel = { spec: MINILM, golden: MINILM_GOLDEN };
