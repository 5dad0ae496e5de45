import { openTabEngine, type TabEngine } from "@pipit/browser";

export type { ImproveProgress, TabEngine } from "@pipit/browser";

export type CollectionName = "guide" | "mine";

/** URL of the server's model files, relative to the app. */
export const MODELS_URL = "models";

export function starterUrl(): string {
  return new URL(__STARTER_URL__, document.baseURI).href;
}

/** Opens an engine of this app, which answers by words until it is whole. Both collections share one worker and one model. */
export function openEngine(name: CollectionName, storage: "device" | "memory" = "device"): Promise<TabEngine> {
  return openTabEngine({
    name,
    storage,
    early: "words",
    starterUrl: starterUrl(),
    models: new URL(MODELS_URL, document.baseURI).href,
    ortUrl: new URL("ort/", document.baseURI).href,
  });
}

/** True if entries are lost when the page closes, because the browser does not store data for it. */
export function keepsNothing({ limits }: TabEngine): boolean {
  return limits.some(({ what }) => what === "storage");
}
