/** For an app's own worker: `serveTab` with the parts that it chooses. */
export { laterEmbedder } from "./later-embedder.ts";
export { createModelLoader } from "./model-loader.ts";
export { openOnnxRuntime } from "./onnx.ts";
export type { OpenRequest } from "./protocol.ts";
export { serveTab } from "./serve-tab.ts";
export { createStarterLoader } from "./starter-loader.ts";
export type * from "./tab-engine.ts";
export type { HostParts, TabMedia } from "./tab-host.ts";
export type { LoaderModel } from "./tab-providers.ts";
