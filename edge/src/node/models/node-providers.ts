import { availableParallelism } from "node:os";
import {
  type ByteStore,
  type KeptFile,
  kernelProvider,
  type LoadableModel,
  type ModelProvider,
  type ModelSource,
  onnxProvider,
  type ProjectionSearch,
} from "@pipit/core";
import { packerOf } from "@pipit/wasm";
import { loadBuild, loadEncoder } from "@pipit/wasm/node";
import type { EncoderRecipe } from "@pipit/wasm/pack";
import type { ModelRuntime } from "./model-runtime.ts";

/** Each thread has a copy of the model, some 25 MB. */
const MOST_THREADS = 4;

/** The more exact weights come first. */
const PACKED_FROM = ["fp32", "q8"] as const;

export interface NodeModel extends LoadableModel, Pick<ProjectionSearch, "projection"> {
  /** The recipe for packing the model for the encoder kernel. Loaded on demand. */
  recipe(): Promise<EncoderRecipe>;
}

export interface ModelFilePlaces {
  readonly sources: readonly ModelSource[];
  /** Stores files that were packed here. */
  readonly kept: ByteStore;
}

/** The provider of each runtime on Node. */
export const nodeProviders: Readonly<
  Record<ModelRuntime, (model: NodeModel, places: ModelFilePlaces) => ModelProvider>
> = {
  native: ({ spec, projection }, { sources }) =>
    onnxProvider({
      name: "native",
      backend: "native cpu",
      spec,
      variant: "q8",
      sources,
      projection,
      runtime: () => import("onnxruntime-node"),
    }),
  kernel: ({ spec, recipe, projection }, { sources, kept }) =>
    kernelProvider({
      spec,
      sources,
      projection,
      // The other threads compute, so that this one can answer other requests meanwhile.
      open: (packed, options) =>
        loadEncoder(packed, { ...options, threads: Math.min(MOST_THREADS, availableParallelism()), caller: "waits" }),
      packing: {
        packer: packerOf({ recipe, module: () => loadBuild("simd", "encoder") }),
        kept: (name) => keptIn(kept, name),
        from: PACKED_FROM,
      },
    }),
};

function keptIn(store: ByteStore, name: string): KeptFile {
  return {
    read: async () => (await store.getMany([name]))[0],
    // After a failure, for example on a full disk, the next start packs again.
    write: (bytes) =>
      store.putMany([[name, bytes]]).catch((error) => console.warn(`${name} is not kept: ${error.message}`)),
    drop: () => store.deleteMany([name]),
  };
}
