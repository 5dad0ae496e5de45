import { badInput } from "../bad-input.ts";
import type { AddOptions, SearchOptions } from "../ports/search-engine.ts";

/** The options of a call. Throws `bad-input` for values that would fail later, when a part of the call may be stored. */
export function checkedOptions<T extends AddOptions & SearchOptions>(options: T): T {
  if (typeof options !== "object" || options === null) {
    throw badInput(options, "options as an object", "Leave them out, or pass {} for the defaults.");
  }
  const { signal, onProgress } = options;
  if (signal && !canBeHeard(signal)) throw badInput(signal, "an AbortSignal", "Pass the signal of an AbortController.");
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw badInput(onProgress, "onProgress as a function", "Pass a function of {done, total}, or leave it out.");
  }
  return options;
}

function canBeHeard(signal: Partial<AbortSignal>): boolean {
  return typeof signal.aborted === "boolean" && typeof signal.addEventListener === "function";
}
