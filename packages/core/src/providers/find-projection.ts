import type { BatchModel } from "../embed/batch-model.ts";
import { throwIfAborted } from "../errors.ts";
import type { TextModelSpec } from "../models/text-model.ts";
import { assertProjects, type TokenProjection } from "../tokens/token-projection.ts";

/** Gets a model's projection of token vectors. It is called whenever the model is opened. */
export type ProjectionSource = (signal?: AbortSignal) => Promise<TokenProjection>;

export interface ProjectionSearch {
  readonly spec: TextModelSpec;
  /** Without it no token vectors are made. */
  readonly projection?: ProjectionSource | undefined;
}

export interface FoundProjection extends Pick<BatchModel, "whyNoTokens"> {
  readonly projection?: TokenProjection | undefined;
}

/**
 * The projection to open a model with. A model without token vectors still searches by words and vectors: a projection that cannot be
 * had, or is another model's, is a reason and no failure. Rejects only with `aborted`.
 */
export async function findProjection(
  { spec, projection: source }: ProjectionSearch,
  signal: AbortSignal | undefined,
): Promise<FoundProjection> {
  if (!source) return {};
  try {
    const projection = await source(signal);
    // Checked before the model is opened with it: `findPacked` would take the encoder's refusal for a torn file and pack the model again.
    assertProjects(projection, { space: spec.space, width: spec.space.dimensions });
    return { projection };
  } catch (error) {
    throwIfAborted(signal);
    return { whyNoTokens: error instanceof Error ? error.message : String(error) };
  }
}
