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

/** "native": ONNX Runtime's library where it is installed and the sources have its file. "kernel": the encoder kernel, anywhere. */
export type MinilmRuntime = "native" | "kernel";

/** Each holds the model anew, some 25 MB. */
const MOST_THREADS = 4;

export interface MinilmPlaces {
  readonly sources: readonly ModelSource[];
  /** Where a file that was packed here is kept. */
  readonly kept: ByteStore;
  readonly signal: AbortSignal;
}

export interface OpenedMinilm {
  readonly model: BatchModel;
  readonly backend: string;
  readonly why: string;
}

/**
 * MiniLM, proven on this machine, on the first of the runtimes that does it; why the others do not is told. Fails with what the
 * last one failed with.
 */
export async function openMinilm(places: MinilmPlaces, runtimes: readonly MinilmRuntime[]): Promise<OpenedMinilm> {
  const passedOver: string[] = [];
  for (const runtime of runtimes.slice(0, -1)) {
    try {
      return told(await prove(runtime, places), passedOver);
    } catch (error) {
      places.signal.throwIfAborted();
      passedOver.push(`${runtime}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return told(await prove(runtimes.at(-1)!, places), passedOver);
}

function told(opened: OpenedMinilm, passedOver: readonly string[]): OpenedMinilm {
  return passedOver.length === 0 ? opened : { ...opened, why: `${opened.why} (${passedOver.join("; ")})` };
}

async function prove(runtime: MinilmRuntime, places: MinilmPlaces): Promise<OpenedMinilm> {
  const model = runtime === "native" ? await openNative(places) : await openKernel(places);
  try {
    const { why } = await assertProven(model, MINILM_GOLDEN, places.signal);
    return { model, backend: runtime === "native" ? "native cpu" : "wasm", why };
  } catch (error) {
    await model.close();
    throw error;
  }
}

async function openNative({ sources, signal }: MinilmPlaces): Promise<BatchModel> {
  // Loaded late: the library takes its time, and who has not installed it has no use for the files either.
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
    // Whoever asks meanwhile is answered by this thread.
    open: (packed) => loadEncoder(packed, { threads: Math.min(MOST_THREADS, availableParallelism()), caller: "waits" }),
    packing: {
      recipe: async () => (await import("@pipit/wasm/pack")).MINILM_RECIPE,
      module: () => loadBuild("simd", "encoder"),
      kept: (name) => keptIn(kept, name),
      // The nearer to the model's own numbers first: nothing is downloaded twice here.
      from: ["fp32", "q8"],
    },
  });
  return createKernelTextModel({ encoder, spec: MINILM, tokenizer });
}

function reading(signal: AbortSignal): OpenFilesOptions {
  const digest = async (bytes: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return { digest, signal };
}

function keptIn(store: ByteStore, name: string): KeptFile {
  return {
    read: async () => (await store.getMany([name]))[0],
    // A full disk costs the next start some seconds, and this one nothing.
    write: (bytes) =>
      store.putMany([[name, bytes]]).catch((error) => console.warn(`${name} is not kept: ${error.message}`)),
    drop: () => store.deleteMany([name]),
  };
}
