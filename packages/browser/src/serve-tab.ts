import { expose } from "comlink";
import { carryErrorsWhole } from "./protocol.ts";
import { type HostParts, TabHost } from "./tab-host.ts";

/**
 * Makes this worker a tab's host. It must be called once, before the worker module awaits anything: messages that the page sends
 * meanwhile would be lost.
 */
export function serveTab(parts: HostParts): void {
  carryErrorsWhole();
  expose(new TabHost(parts));
}
