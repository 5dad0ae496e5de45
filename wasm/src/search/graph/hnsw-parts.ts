import type { GraphShape } from "../options.ts";
import type { EfChoiceParts } from "./ef-choice.ts";
import type { SearchKernel } from "./search-kernel.ts";

/** Makes an empty kernel, with the threads of its pool if it has one. */
export type Forge = (shape: GraphShape) => Promise<SearchKernel>;

export interface HnswParts extends Omit<EfChoiceParts, "efFor" | "held"> {
  /** Recall of searches that name neither ef nor target. */
  readonly recall: number;
  readonly forge: Forge;
}
