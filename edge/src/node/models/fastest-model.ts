import {
  type BatchModel,
  type ByteStore,
  closeAll,
  type Golden,
  type ModelProvider,
  type ProvenModel,
  provenModels,
  whyProven,
  whySkipped,
} from "@pipit/core";
import type { ModelRuntime } from "./model-runtime.ts";
import { costOf, type Pace, paceOf, paceText } from "./runtime-pace.ts";
import { readVerdict, writeVerdict } from "./runtime-verdict.ts";

export interface FastestOptions {
  readonly golden: Golden;
  /** Stores the measured times. */
  readonly kept: ByteStore;
  readonly signal: AbortSignal;
}

export interface OpenedModel {
  readonly model: BatchModel;
  readonly backend: string;
  readonly why: string;
}

type Providers = ReadonlyMap<ModelRuntime, ModelProvider>;

/**
 * A model, proven on this machine, on the fastest provider that can compute it here. The speed is measured once per machine. The result
 * contains the figures, and the reasons why other providers were skipped. Fails as the last provider did.
 */
export async function openFastest(providers: Providers, options: FastestOptions): Promise<OpenedModel> {
  const { golden, kept, signal } = options;
  const verdict = providers.size > 1 ? await readVerdict(kept) : undefined;
  const preferred = verdict && providers.get(verdict.runtime);
  const inOrder = [...providers.values()].sort((a, b) => Number(b === preferred) - Number(a === preferred));
  const { proven, skipped } = await provenModels(inOrder, golden, { signal, most: verdict ? 1 : providers.size });
  if (proven.length === 0) throw skipped.at(-1)?.error;
  const others = skipped.map(whySkipped);
  if (verdict) return opened(proven[0]!, [verdict.why, ...others]);
  return proven.length === 1 ? opened(proven[0]!, others) : fastestOf(proven, providers, options);
}

async function fastestOf(
  proven: readonly ProvenModel[],
  providers: Providers,
  { golden, kept, signal }: FastestOptions,
): Promise<OpenedModel> {
  const measured = await measure(proven, golden, signal);
  const [best, ...others] = measured.sort((a, b) => costOf(a.pace) - costOf(b.pace));
  await closeAll(others.map(({ proven }) => proven));
  const figures = measured.map(({ proven, pace }) => `${proven.provider.name} ${paceText(pace)}`);
  const why = `measured here: ${figures.join("; ")}`;
  const [runtime] = [...providers].find(([, provider]) => provider === best!.proven.provider)!;
  await writeVerdict(kept, { runtime, why });
  return opened(best!.proven, [why]);
}

/** If measuring fails, all models are closed and none is returned. */
async function measure(proven: readonly ProvenModel[], { pieces }: Golden, signal: AbortSignal) {
  const measured: { readonly proven: ProvenModel; readonly pace: Pace }[] = [];
  try {
    for (const each of proven) measured.push({ proven: each, pace: await paceOf(each.model, pieces, signal) });
    return measured;
  } catch (error) {
    await closeAll(proven);
    throw error;
  }
}

function opened(proven: ProvenModel, reasons: readonly string[]): OpenedModel {
  return { model: proven.model, backend: proven.provider.backend, why: whyProven(proven, reasons) };
}
