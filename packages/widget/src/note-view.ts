import { isPipitError } from "@pipit/core";
import { el } from "./dom.ts";

/** A line where hits would be, and a second that says what to do. */
export function noteView(line: string, advice = ""): Node[] {
  const nodes: Node[] = [el("p", { class: "note-line" }, line)];
  if (advice !== "") nodes.push(el("p", { class: "note-advice" }, advice));
  return nodes;
}

/** What a reader can do about an error: its own advice, or at least what it says. */
export function adviceOf(error: unknown): string {
  if (isPipitError(error)) return error.do;
  return error instanceof Error ? error.message : String(error);
}
