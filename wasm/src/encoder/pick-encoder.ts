import { PipitError } from "@pipit/core";
import { pickModule } from "../shared/pick-module.ts";
import { ENCODER_BUILDS, type EncoderBuild } from "./encoder-exports.ts";
import { openProbe } from "./encoder-probe.ts";

/** Keeps the name of the fastest build for later processes. The build is checked before it is used again. */
export interface VerdictMemory {
  read(): Promise<string | undefined>;
  write(build: EncoderBuild): Promise<void>;
}

export interface PickedEncoder {
  readonly build: EncoderBuild;
  readonly module: WebAssembly.Module;
  /** Microseconds of the probe's product in the builds that were measured; empty for a remembered verdict. */
  readonly measured: Readonly<Partial<Record<EncoderBuild, number>>>;
}

type Load = (build: EncoderBuild) => Promise<WebAssembly.Module>;

// Engines optimise a function after some fifty calls.
const ROUNDS = 32;

/**
 * The build that is quickest on this machine. All builds answer alike; which instruction is quick differs by processor and engine
 * and cannot be asked, so it is measured: a few milliseconds. A build whose product is wrong here is passed over. Fails as
 * `load` does, and with `unsupported` when no build works.
 */
export async function pickEncoder(load: Load, memory?: VerdictMemory): Promise<PickedEncoder> {
  const runnable = ENCODER_BUILDS.filter((build) => build === "simd" || pickModule({ relaxed: true, simd: false }));
  const remembered = await memory?.read().catch(() => undefined);
  const known = runnable.find((build) => build === remembered);
  if (known) {
    const module = await load(known);
    if (Number.isFinite(probe(module))) return { build: known, module, measured: {} };
  }
  const picked = await measure(runnable, load);
  // A verdict that is not kept costs the next start a few milliseconds.
  await memory?.write(picked.build).catch(() => undefined);
  return picked;
}

async function measure(builds: readonly EncoderBuild[], load: Load): Promise<PickedEncoder> {
  const measured: Partial<Record<EncoderBuild, number>> = {};
  let best: Omit<PickedEncoder, "measured"> | undefined;
  for (const build of builds) {
    // Without byte products codes are twice as long and products half as many: never the quickest where others run.
    if (build === "simd" && best) break;
    const module = await load(build);
    const time = probe(module);
    if (!Number.isFinite(time)) continue;
    measured[build] = time;
    if (!best || time < measured[best.build]!) best = { build, module };
  }
  if (best) return { ...best, measured };
  throw new PipitError("unsupported", {
    got: "an engine on which no build of the encoder multiplies right",
    expected: "WebAssembly with SIMD",
    do: "Use ONNX Runtime, or the edge server.",
  });
}

/** Microseconds of one product, the best of some; infinite when the module does not run here or counts wrong. */
function probe(module: WebAssembly.Module): number {
  try {
    const product = openProbe(module);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) best = Math.min(best, product.run());
    return product.isRight() ? best : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
