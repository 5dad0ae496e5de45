import { badInput, shown } from "../bad-input.ts";
import type { AddOptions, SearchOptions } from "../ports/search-engine.ts";

const ADD_OPTIONS: readonly (keyof AddOptions)[] = ["signal", "onProgress", "meaning"];
const SEARCH_OPTIONS: readonly (keyof SearchOptions)[] = ["k", "filter", "minScore", "ranking", "explain", "signal"];

/** The options of an `add`. Throws `bad-input` for values that would fail later, when a part of the call may be stored. */
export function checkedAdd(options: AddOptions): AddOptions {
  const { signal, onProgress, meaning } = checkedNames(options, ADD_OPTIONS);
  assertSignal(signal);
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw badInput(onProgress, "onProgress as a function", "Pass a function of {done, total}, or leave it out.");
  }
  if (meaning !== undefined && meaning !== "now" && meaning !== "later") {
    throw badInput(meaning, 'meaning as "now" or "later"', "Leave it out to embed at once.");
  }
  return { signal, onProgress, meaning };
}

/** The options of a search; of the signal only the type is checked. Throws `bad-input`. */
export function checkedSearchOptions(options: SearchOptions): SearchOptions {
  const checked = checkedNames(options, SEARCH_OPTIONS);
  assertSignal(checked.signal);
  return checked;
}

export function assertSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || canBeHeard(signal)) return;
  throw badInput(signal, "an AbortSignal", "Pass the signal of an AbortController, or leave it out.");
}

/** Refuses unknown names. A misspelt option would be ignored silently, and a filter may guard access. */
function checkedNames<T extends object>(options: T, known: readonly (keyof T)[]): T {
  // A Map, a Date or a list has no options.
  if (Object.prototype.toString.call(options) !== "[object Object]") {
    throw badInput(options, "options as an object", "Leave them out, or pass {} for the defaults.");
  }
  // Inherited names are checked too: they are read like own ones.
  for (const name in options) {
    if (options[name] === undefined || known.includes(name)) continue;
    const got = { [name]: options[name] };
    throw badInput(got, `options among ${known.join(", ")}`, `Correct or leave out ${shown(name)}.`);
  }
  return options;
}

function canBeHeard(signal: Partial<AbortSignal> | null): boolean {
  const methods = [signal?.addEventListener, signal?.removeEventListener];
  return typeof signal?.aborted === "boolean" && methods.every((method) => typeof method === "function");
}
