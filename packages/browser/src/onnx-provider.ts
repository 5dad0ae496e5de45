import { createOnnxTextModel, type OnnxVariant, openModelFiles } from "@pipit/core";
import { openingOptions } from "./download.ts";
import { type OnnxDevice, openOnnxRuntime, whyNoWebGpu } from "./onnx.ts";
import type { Provider } from "./provider.ts";

/** ONNX Runtime on one device with one of the model's files. */
export function onnxProvider(device: OnnxDevice, variant: OnnxVariant): Provider {
  return {
    name: `${device} ${variant}`,
    backend: device,
    async whyNot({ spec, ortUrl, webgpu }) {
      if (!spec.variants[variant]) return `the model has no ${variant}`;
      if (!ortUrl) return "no `ortUrl` names ONNX Runtime's files";
      return device === "webgpu" ? whyNoWebGpu(webgpu) : undefined;
    },
    async open({ spec, source, ortUrl = "", runtime: open = openOnnxRuntime }, options) {
      const files = await openModelFiles([source], { spec, variant }, openingOptions(options));
      const runtime = await open(device, ortUrl);
      const session = { executionProviders: [device], logSeverityLevel: 3 } as const;
      return createOnnxTextModel({ runtime, spec, variant, files, session });
    },
  };
}
