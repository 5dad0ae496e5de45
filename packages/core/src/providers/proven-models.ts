import type { BatchModel } from "../embed/batch-model.ts";
import { assertProven } from "../embed/proof.ts";
import { isPipitError, PipitError, throwIfAborted } from "../errors.ts";
import type { Golden } from "../models/golden-vectors.ts";
import type { LoadOptions, ModelProvider } from "./provider.ts";

export interface ProvenModel {
  readonly provider: ModelProvider;
  readonly model: BatchModel;
  /** The measured and the required similarity to the golden vectors, as `Proof.why`. */
  readonly proof: string;
}

export interface SkippedProvider {
  readonly provider: ModelProvider;
  readonly why: string;
  readonly error: PipitError;
}

export interface TriedProviders {
  readonly proven: readonly ProvenModel[];
  readonly skipped: readonly SkippedProvider[];
}

/**
 * Opens providers in the given order, best first, until `most` of them reproduced the golden vectors on this device. A provider that is
 * missing, fails, or computes wrong numbers is closed and skipped. Rejects only with `aborted`; then all models are closed.
 */
export async function provenModels(
  providers: readonly ModelProvider[],
  golden: Golden,
  { most = 1, ...options }: LoadOptions & { readonly most?: number } = {},
): Promise<TriedProviders> {
  const proven: ProvenModel[] = [];
  const skipped: SkippedProvider[] = [];
  try {
    for (const provider of providers) {
      if (proven.length === most) break;
      const tried = await tryProvider(provider, golden, options);
      if ("model" in tried) proven.push(tried);
      else skipped.push(tried);
    }
  } catch (error) {
    await closeAll(proven);
    throw error;
  }
  return { proven, skipped };
}

/** The reason to show for a model: its proof, why other providers were skipped, and why it makes no token vectors. */
export function whyProven({ provider, model, proof }: ProvenModel, others: readonly string[] = []): string {
  const { producer, whyNoTokens } = model;
  const reasons = whyNoTokens === undefined ? others : [...others, `no token vectors: ${whyNoTokens}`];
  const told = reasons.length > 0 ? ` (${reasons.join("; ")})` : "";
  return `${producer.name} proven on ${provider.backend}: ${proof}${told}`;
}

export function whySkipped({ provider, why }: SkippedProvider): string {
  return `${provider.name}: ${why}`;
}

export async function closeAll(models: readonly ProvenModel[]): Promise<void> {
  for (const { model } of models) await model.close();
}

async function tryProvider(
  provider: ModelProvider,
  golden: Golden,
  options: LoadOptions,
): Promise<ProvenModel | SkippedProvider> {
  try {
    const why = await provider.whyNot?.();
    if (why !== undefined) return { provider, why, error: unavailable(provider, why) };
    return await openProven(provider, golden, options);
  } catch (error) {
    throwIfAborted(options.signal);
    if (isPipitError(error, "aborted")) throw error;
    return skip(provider, error);
  }
}

async function openProven(provider: ModelProvider, golden: Golden, options: LoadOptions): Promise<ProvenModel> {
  const { signal, onProgress } = options;
  const model = await provider.open(options);
  try {
    onProgress?.({ stage: "prove", done: 0, total: 1 });
    const { why: proof } = await assertProven(model, golden, signal);
    onProgress?.({ stage: "prove", done: 1, total: 1 });
    return { provider, model, proof };
  } catch (error) {
    await model.close();
    throw error;
  }
}

function skip(provider: ModelProvider, cause: unknown): SkippedProvider {
  if (isPipitError(cause, "numbers-not-proven")) return { provider, why: cause.got, error: cause };
  const why = cause instanceof Error ? cause.message : String(cause);
  return { provider, why, error: cause instanceof PipitError ? cause : failed(provider, why, cause) };
}

function unavailable({ name }: ModelProvider, why: string): PipitError {
  return new PipitError("model-unavailable", {
    got: why,
    expected: `what ${name} needs`,
    do: "Provide it, or use another provider.",
  });
}

function failed({ name }: ModelProvider, why: string, cause: unknown): PipitError {
  return new PipitError("unsupported", {
    got: why,
    expected: `a device on which ${name} runs`,
    do: "Use another provider; the cause says what the runtime said.",
    cause,
  });
}
