import type { Hit } from "@pipit/core";
import { captionOf, linkOf } from "./caption.ts";
import { el } from "./dom.ts";
import { markLiteral } from "./marks.ts";
import type { Messages } from "./messages.ts";

export interface HitContext {
  readonly query: string;
  readonly messages: Messages;
  /** Language tag in which numbers are written. */
  readonly language: string | undefined;
}

/**
 * One hit as an option of the list. A hit with a URL is a real link, so that middle click, context menu and the URL shown on hover work
 * as usual.
 */
export function hitView(hit: Hit, index: number, context: HitContext): HTMLElement {
  const attributes = { id: `hit-${index}`, role: "option", part: "hit", class: "hit", "aria-selected": "false" };
  const link = linkOf(hit, document.baseURI);
  const option = link ? el("a", { ...attributes, href: link, tabindex: "-1" }) : el("div", attributes);
  const { title, passage } = captionOf(hit);
  option.append(marked("hit-title", title, context.query));
  if (passage !== "") option.append(marked("hit-passage", passage, context.query));
  const { byWords } = context.messages;
  option.append(
    hit.match ? el("span", { class: "likeness by-words", part: "score" }, byWords) : likeness(hit.score, context),
  );
  return option;
}

// dir=auto, because a hit's language may differ from the page's.
function marked(part: string, text: string, query: string): HTMLElement {
  const stretches = markLiteral(text, query);
  return el(
    "div",
    { part, class: part, dir: "auto" },
    ...stretches.map((s) => (s.literal ? el("mark", {}, s.text) : s.text)),
  );
}

function likeness(score: number, { messages, language }: HitContext): HTMLElement {
  const share = Math.min(1, Math.max(0, score));
  const percent = new Intl.NumberFormat(language, { style: "percent" }).format(share);
  const bar = el("span", { class: "bar", part: "score" });
  bar.style.setProperty("--share", String(share));
  return el(
    "span",
    { class: "likeness", title: percent },
    bar,
    el("span", { class: "unseen" }, messages.likeness(percent)),
  );
}
