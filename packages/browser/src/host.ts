import { expose } from "comlink";
import { carryErrorsWhole } from "./protocol.ts";
import { type HostParts, TabHost } from "./tab-host.ts";

export { createModelLoader } from "./model-loader.ts";
export { openOnnxRuntime } from "./onnx.ts";
export type { OpenRequest } from "./protocol.ts";
export { createStarterLoader } from "./starter-loader.ts";
export type * from "./tab-engine.ts";
export type { HostParts } from "./tab-host.ts";
export type { LoaderModel } from "./tab-providers.ts";

/**
 * Makes this worker a tab's host. It must be called once, before the worker module awaits anything: messages that the page sends
 * meanwhile would be lost.
 */
export function serveTab(parts: HostParts): void {
  carryErrorsWhole();
  expose(new TabHost(parts));
}
