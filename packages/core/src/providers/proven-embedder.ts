import { joinEmbedders } from "../embed/joined-embedder.ts";
import { createLane } from "../embed/lane.ts";
import { PipitError } from "../errors.ts";
import type { Golden } from "../models/golden-vectors.ts";
import type { Embedder } from "../ports/embedder.ts";
import { closeAll, type ProvenModel, provenModels, whyProven, whySkipped } from "./proven-models.ts";
import type { LoadOptions, ModelProvider } from "./provider.ts";

/** An encoder of a space: the ways to compute it on this device, best first, and the vectors that each must reproduce. */
export interface ProvableEncoder {
  readonly providers: readonly ModelProvider[];
  readonly golden: Golden;
}

export interface ProvenEmbedder {
  readonly embedder: Embedder;
  /** Of each encoder where it runs and how it was proven, with the reason for each provider that was skipped. */
  readonly why: string;
}

/**
 * The encoders of a space as one embedder, such as those of texts and of pictures, each on the first provider that reproduces its golden vectors.
 * Fails with `model-unavailable`, naming the reasons, if an encoder is proven nowhere, and with `aborted`; then all are closed.
 */
export async function provenEmbedder(
  encoders: readonly [ProvableEncoder, ...ProvableEncoder[]],
  options: LoadOptions = {},
): Promise<ProvenEmbedder> {
  const opened: { readonly best: ProvenModel; readonly why: string }[] = [];
  try {
    for (const { providers, golden } of encoders) {
      const { proven, skipped } = await provenModels(providers, golden, options);
      const others = skipped.map(whySkipped);
      const [best] = proven;
      if (!best) throw provenNowhere(others);
      opened.push({ best, why: whyProven(best, others) });
    }
  } catch (error) {
    await closeAll(opened.map(({ best }) => best));
    throw error;
  }
  const [first, ...rest] = opened.map(({ best }) => createLane(best.model));
  return { embedder: joinEmbedders([first!, ...rest]), why: opened.map(({ why }) => why).join("; ") };
}

function provenNowhere(reasons: readonly string[]): PipitError {
  return new PipitError("model-unavailable", {
    got: reasons.length > 0 ? reasons.join("; ") : "no provider",
    expected: "a provider that computes the model right on this device",
    do: "Provide what they lack, or search without this model.",
  });
}
