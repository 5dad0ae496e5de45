import type { Stretch } from "@pipit/widget/marked-part";
import { element } from "./element.ts";

/** The nodes of a text with its marks. */
export function markedNodes(stretches: readonly Stretch[]): (Node | string)[] {
  return stretches.map(({ text, marked }) => (marked ? element("mark", {}, text) : text));
}
