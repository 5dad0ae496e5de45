import {
  kernelProvider,
  type LoadableModel,
  type ModelProvider,
  type OnnxVariant,
  onnxProvider,
  type ProjectionSearch,
} from "@pipit/core";
import { packerOf } from "@pipit/wasm";
import type { EncoderRecipe } from "@pipit/wasm/pack";
import { loadEncoder, pickedEncoder } from "@pipit/wasm/web";
import { cachedSource, fastestBuild, keptFile } from "./model-cache.ts";
import { type OnnxDevice, openOnnxRuntime, whyNoWebGpu } from "./onnx.ts";
import type { OpenRequest } from "./protocol.ts";

export interface LoaderModel extends LoadableModel, Pick<ProjectionSearch, "projection"> {
  /** The recipe for packing the model for the encoder kernel if no packed file is served. Loaded on demand. */
  readonly recipe?: () => Promise<EncoderRecipe>;
  /** Opens the runtime of a device. Default: ONNX Runtime for the web. */
  readonly runtime?: typeof openOnnxRuntime;
}

/** The locations of the files of models and runtimes, and the parts of the device that may be used. */
export interface TabPlaces extends Pick<OpenRequest, "ortUrl" | "threads"> {
  readonly models: string;
  readonly webgpu: "hardware" | "any" | "never";
}

/** The smaller download comes first. */
const PACKED_FROM = ["q8", "fp32"] as const;

/** Best first: fp32 on the GPU, int8 on the CPU; fp32 is slow on the CPU, and int8 slow or wrong on the GPU. */
export function tabProviders(model: LoaderModel, places: TabPlaces): readonly ModelProvider[] {
  const { spec, recipe, projection, runtime = openOnnxRuntime } = model;
  const { models, ortUrl, webgpu, threads } = places;
  const sources = [cachedSource(models)];
  const onnx = (device: OnnxDevice, variant: OnnxVariant) =>
    onnxProvider({
      name: `${device} ${variant}`,
      backend: device,
      spec,
      variant,
      sources,
      projection,
      runtime: () => runtime(device, ortUrl ?? ""),
      session: { executionProviders: [device], logSeverityLevel: 3 },
      async whyNot() {
        if (!ortUrl) return "no `ortUrl` names ONNX Runtime's files";
        return device === "webgpu" ? whyNoWebGpu(webgpu) : undefined;
      },
    });
  const kernel = kernelProvider({
    spec,
    sources,
    projection,
    open: (bytes, options) => loadEncoder(bytes, { ...options, memory: fastestBuild, threads }),
    packing: recipe && {
      packer: packerOf({ recipe, module: async () => (await pickedEncoder(fastestBuild)).module }),
      kept: (name) => keptFile(models, name),
      from: PACKED_FROM,
    },
  });
  return [onnx("webgpu", "fp32"), kernel, onnx("wasm", "q8"), onnx("wasm", "fp32")];
}
