import { el } from "./dom.ts";

/** A line in place of hits, and a second line with advice. */
export function noteView(line: string, advice = ""): Node[] {
  const nodes: Node[] = [el("p", { class: "note-line" }, line)];
  if (advice !== "") nodes.push(el("p", { class: "note-advice" }, advice));
  return nodes;
}
