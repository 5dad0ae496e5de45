import { el } from "./dom.ts";

/** A line where hits would be, and a second that says what to do. */
export function noteView(line: string, advice = ""): Node[] {
  const nodes: Node[] = [el("p", { class: "note-line" }, line)];
  if (advice !== "") nodes.push(el("p", { class: "note-advice" }, advice));
  return nodes;
}
