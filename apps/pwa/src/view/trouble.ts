import { type ErrorCode, isPipitError } from "@pipit/core";
import { part } from "./element.ts";

const listeners: (() => void)[] = [];

/** Calls the listener for each failure that is shown. */
export function onTrouble(listener: () => void): void {
  listeners.push(listener);
}

/** Codes of errors that only the site's owner can remedy: a missing file, a policy, a missing feature of the browser. */
const OWNERS: ReadonlySet<ErrorCode> = new Set([
  "bad-model",
  "model-unavailable",
  "numbers-not-proven",
  "remote-failed",
  "unsupported",
  "worker-died",
]);
const RELOAD = "Reload the page. If this stays, tell whoever runs this site: the browser's console has the reason.";

/** Shows a failure and the visitor's remedy in the page's place for them. */
export function showTrouble(what: string, error: unknown): void {
  if (isAbort(error)) return;
  part("trouble-text", HTMLElement).textContent = `${what} ${adviceOf(error)}`;
  part("trouble", HTMLElement).hidden = false;
  for (const listener of listeners) listener();
}

/** Hides the failure; with `what`, only if that one is shown. */
export function hideTrouble(what?: string): void {
  const said = part("trouble-text", HTMLElement).textContent ?? "";
  if (what === undefined || said.startsWith(what)) part("trouble", HTMLElement).hidden = true;
}

function adviceOf(error: unknown): string {
  if (isPipitError(error) && OWNERS.has(error.code)) {
    console.error(`Pipit: ${error.message}`);
    return RELOAD;
  }
  if (isMissingScript(error)) {
    console.error("Pipit: a script of this site could not be loaded.", error);
    return RELOAD;
  }
  if (isPipitError(error)) return `There was ${error.got}. ${error.do}`;
  return error instanceof Error ? error.message : String(error);
}

// The message contains "dynamically imported module" in Chromium and Firefox, "module script" in Safari.
function isMissingScript(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);
}

export function isAbort(error: unknown): boolean {
  return isPipitError(error, "aborted") || (error instanceof Error && error.name === "AbortError");
}
