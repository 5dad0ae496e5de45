import { isPipitError } from "@pipit/core";
import { part } from "./element.ts";

const listeners: (() => void)[] = [];

/** Calls the listener for each trouble that is shown. */
export function onTrouble(listener: () => void): void {
  listeners.push(listener);
}

/** Shows what went wrong and what the visitor can do, in the page's place for that. */
export function showTrouble(what: string, error: unknown): void {
  if (isAbort(error)) return;
  part("trouble-text", HTMLElement).textContent = `${what} ${adviceOf(error)}`;
  part("trouble", HTMLElement).hidden = false;
  for (const listener of listeners) listener();
}

/** Hides it; with `what`, only if that is shown. */
export function hideTrouble(what?: string): void {
  const said = part("trouble-text", HTMLElement).textContent ?? "";
  if (what === undefined || said.startsWith(what)) part("trouble", HTMLElement).hidden = true;
}

function adviceOf(error: unknown): string {
  if (isPipitError(error)) return `There was ${error.got}. ${error.do}`;
  return error instanceof Error ? error.message : String(error);
}

export function isAbort(error: unknown): boolean {
  return isPipitError(error, "aborted") || (error instanceof Error && error.name === "AbortError");
}
