import type { BreadthParts } from "./breadth.ts";
import type { GraphShape } from "./parameters.ts";
import type { SearchKernel } from "./search-kernel.ts";

/** Makes an empty kernel, with its crew where there is one. */
export type Forge = (shape: GraphShape) => Promise<SearchKernel>;

export interface HnswParts extends Omit<BreadthParts, "efFor" | "held"> {
  /** Recall that searches are held to which name neither ef nor target. */
  readonly recall: number;
  readonly forge: Forge;
}
