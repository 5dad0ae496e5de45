import type { TabEngine, TabOptions } from "./tab-engine.ts";

export type * from "./tab-engine.ts";

/** Opens a collection in this tab's worker, starting the worker when it is the first. */
export declare function openTabEngine(options: TabOptions): Promise<TabEngine>;
