import type { Hit } from "@pipit/core";
import { captionOf, linkOf, type MarkedText } from "./caption.ts";
import { el } from "./dom.ts";
import type { Messages } from "./messages.ts";
import { stretchesOf } from "./stretches.ts";

export interface HitContext {
  readonly query: string;
  readonly messages: Messages;
}

/**
 * One hit as an option of the list. A hit with a URL is a real link, so that middle click, context menu and the URL shown on hover work
 * as usual.
 */
export function hitView(hit: Hit, index: number, { query, messages }: HitContext): HTMLElement {
  const attributes = { id: `hit-${index}`, role: "option", part: "hit", class: "hit", "aria-selected": "false" };
  const link = linkOf(hit, document.baseURI);
  const option = link ? el("a", { ...attributes, href: link, tabindex: "-1" }) : el("div", attributes);
  const { title, passage } = captionOf(hit, query);
  option.append(marked("hit-title", title));
  if (passage.text !== "") option.append(marked("hit-passage", passage));
  if (hit.match) option.append(el("span", { class: "by-words", part: "match" }, messages.byWords));
  return option;
}

// dir=auto, because a hit's language may differ from the page's.
function marked(part: string, { text, marks }: MarkedText): HTMLElement {
  const stretches = stretchesOf(text, marks);
  return el(
    "div",
    { part, class: part, dir: "auto" },
    ...stretches.map((s) => (s.marked ? el("mark", {}, s.text) : s.text)),
  );
}
