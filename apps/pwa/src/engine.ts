import { openTabEngine, type TabEngine } from "@pipit/browser";

export type { ImproveProgress, TabEngine } from "@pipit/browser";

export type CollectionName = "guide" | "mine";

/** Where the server keeps model files, when it has any; below the app's own path. */
export const MODELS_URL = "models";

/** The one place that knows how this app opens an engine. Both collections share one worker and one model. */
export function openEngine(name: CollectionName, storage: "device" | "memory" = "device"): Promise<TabEngine> {
  return openTabEngine({
    name,
    storage,
    starterUrl: new URL(__STARTER_URL__, document.baseURI).href,
    models: new URL(MODELS_URL, document.baseURI).href,
    ortUrl: new URL("ort/", document.baseURI).href,
  });
}

/** True where entries are gone with the page: the browser keeps nothing for it. */
export function keepsNothing({ limits }: TabEngine): boolean {
  return limits.some(({ what }) => what === "storage");
}
