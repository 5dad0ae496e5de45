import { availableParallelism } from "node:os";
import {
  assertProven,
  type BatchModel,
  type ByteStore,
  createKernelTextModel,
  createOnnxTextModel,
  MINILM,
  MINILM_GOLDEN,
  type ModelSource,
  type OpenFilesOptions,
  openModelFile,
  openModelFiles,
} from "@pipit/core";
import { findEncoder, type KeptFile } from "@pipit/wasm";
import { loadBuild, loadEncoder } from "@pipit/wasm/node";
import type { MinilmRuntime } from "./minilm-runtime.ts";
import { costOf, type Pace, paceOf, paceText } from "./runtime-pace.ts";
import { readVerdict, writeVerdict } from "./runtime-verdict.ts";

/** Each thread holds a copy of the model, some 25 MB. */
const MOST_THREADS = 4;

export interface MinilmPlaces {
  readonly sources: readonly ModelSource[];
  /** Stores files that were packed here. */
  readonly kept: ByteStore;
  readonly signal: AbortSignal;
}

export interface OpenedMinilm {
  readonly model: BatchModel;
  readonly backend: string;
  readonly why: string;
}

interface Proven extends OpenedMinilm {
  readonly runtime: MinilmRuntime;
}

/**
 * MiniLM, proven on this machine, on the fastest runtime that can run it here. The speed is measured once a machine. The result has
 * the figures, and why other runtimes were skipped. Fails as the last runtime did.
 */
export async function openMinilm(places: MinilmPlaces, runtimes: readonly MinilmRuntime[]): Promise<OpenedMinilm> {
  const verdict = runtimes.length > 1 ? await readVerdict(places.kept) : undefined;
  if (verdict) {
    const others = runtimes.filter((runtime) => runtime !== verdict.runtime);
    const { opened, passedOver } = await proveSome(places, [verdict.runtime, ...others], 1);
    return told(opened[0]!, [verdict.why, ...passedOver]);
  }
  const { opened, passedOver } = await proveSome(places, runtimes, runtimes.length);
  if (opened.length === 1) return told(opened[0]!, passedOver);
  return quickest(opened, places);
}

/** The first `most` runtimes that can run it, and why the ones before them cannot. Fails as the last runtime did if none can. */
async function proveSome(places: MinilmPlaces, runtimes: readonly MinilmRuntime[], most: number) {
  const opened: Proven[] = [];
  const passedOver: string[] = [];
  let failure: unknown;
  for (const runtime of runtimes) {
    if (opened.length === most) break;
    try {
      opened.push(await prove(runtime, places));
    } catch (error) {
      if (places.signal.aborted) {
        await closeAll(opened);
        throw places.signal.reason;
      }
      failure = error;
      passedOver.push(`${runtime}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (opened.length === 0) throw failure;
  return { opened, passedOver };
}

async function quickest(opened: readonly Proven[], { kept, signal }: MinilmPlaces): Promise<OpenedMinilm> {
  const measured = await paces(opened, signal);
  const [best, ...others] = measured.sort((a, b) => costOf(a.pace) - costOf(b.pace));
  await closeAll(others.map(({ proven }) => proven));
  const figures = measured.map(({ proven, pace }) => `${proven.runtime} ${paceText(pace)}`);
  const why = `measured here: ${figures.join("; ")}`;
  await writeVerdict(kept, { runtime: best!.proven.runtime, why });
  return told(best!.proven, [why]);
}

/** If measuring fails, nobody gets a model: all are closed. */
async function paces(opened: readonly Proven[], signal: AbortSignal) {
  const measured: { readonly proven: Proven; readonly pace: Pace }[] = [];
  try {
    for (const proven of opened) {
      measured.push({ proven, pace: await paceOf(proven.model, MINILM_GOLDEN.texts, signal) });
    }
    return measured;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function closeAll(opened: readonly Proven[]): Promise<void> {
  for (const { model } of opened) await model.close();
}

function told({ model, backend, why }: Proven, reasons: readonly string[]): OpenedMinilm {
  return { model, backend, why: reasons.length === 0 ? why : `${why} (${reasons.join("; ")})` };
}

async function prove(runtime: MinilmRuntime, places: MinilmPlaces): Promise<Proven> {
  const model = runtime === "native" ? await openNative(places) : await openKernel(places);
  try {
    const { why } = await assertProven(model, MINILM_GOLDEN, places.signal);
    return { runtime, model, backend: runtime === "native" ? "native cpu" : "wasm", why };
  } catch (error) {
    await model.close();
    throw error;
  }
}

async function openNative({ sources, signal }: MinilmPlaces): Promise<BatchModel> {
  // Imported late, because the library loads slowly and is optional.
  const runtime = await import("onnxruntime-node");
  const files = await openModelFiles(sources, { spec: MINILM, variant: "q8" }, reading(signal));
  return createOnnxTextModel({ runtime, spec: MINILM, variant: "q8", files });
}

async function openKernel({ sources, kept, signal }: MinilmPlaces): Promise<BatchModel> {
  const file = MINILM.tokenizer;
  const { bytes: tokenizer } = await openModelFile(sources, { spec: MINILM, file }, reading(signal));
  const encoder = await findEncoder({
    spec: MINILM,
    sources,
    reading: reading(signal),
    // The other threads compute, so that this one answers other requests meanwhile.
    open: (packed) => loadEncoder(packed, { threads: Math.min(MOST_THREADS, availableParallelism()), caller: "waits" }),
    packing: {
      recipe: async () => (await import("@pipit/wasm/pack")).MINILM_RECIPE,
      module: () => loadBuild("simd", "encoder"),
      kept: (name) => keptIn(kept, name),
      // The more exact weights first.
      from: ["fp32", "q8"],
    },
  });
  try {
    return createKernelTextModel({ encoder, spec: MINILM, tokenizer });
  } catch (error) {
    // Its threads would go on.
    encoder.close();
    throw error;
  }
}

function reading(signal: AbortSignal): OpenFilesOptions {
  const digest = async (bytes: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return { digest, signal };
}

function keptIn(store: ByteStore, name: string): KeptFile {
  return {
    read: async () => (await store.getMany([name]))[0],
    // After a failure, for example on a full disk, the next start packs again.
    write: (bytes) =>
      store.putMany([[name, bytes]]).catch((error) => console.warn(`${name} is not kept: ${error.message}`)),
    drop: () => store.deleteMany([name]),
  };
}
