import { el, icon } from "./dom.ts";
import { onApple } from "./shortcut.ts";

const LENS = "M8.75 14.5a5.75 5.75 0 1 0 0-11.5 5.75 5.75 0 0 0 0 11.5Zm4.2-1.55L17 17";
const CROSS = "M5.5 5.5l9 9m0-9l-9 9";

/** The elements of one <pipit-search>. They are created once and filled for each answer. */
export type Parts = ReturnType<typeof buildParts>;

export function buildParts() {
  const head = buildHead();
  const foot = buildFoot();
  const note = el("div", { class: "note", part: "note" });
  const list = el("div", { id: "list", role: "listbox", part: "list" });
  const body = el("div", { class: "body" }, note, list);
  const panel = el("div", { class: "panel", part: "panel" }, head.head, body, foot.foot);
  return { ...buildTrigger(), dialog: el("dialog", { part: "dialog" }), ...head, ...foot, note, list, panel };
}

function buildTrigger() {
  const triggerLabel = el("span", { class: "trigger-label" });
  const triggerKeys = el("kbd", { "aria-hidden": "true" });
  const trigger = el("button", { type: "button", part: "trigger", "aria-haspopup": "dialog" });
  trigger.append(icon(LENS), triggerLabel, triggerKeys);
  return { trigger, triggerLabel, triggerKeys };
}

function buildHead() {
  const input = el("input", {
    type: "text",
    role: "combobox",
    part: "input",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    "aria-autocomplete": "list",
    "aria-controls": "list",
    "aria-expanded": "false",
  });
  const closer = el("button", { type: "button", class: "closer", part: "close" }, icon(CROSS));
  return { head: el("div", { class: "head" }, icon(LENS), input, closer), input, closer };
}

function buildFoot() {
  const status = el("div", { role: "status", class: "status", part: "status" });
  const keyOpen = el("span");
  const keyNewTab = el("span");
  const keyClose = el("span", { class: "closing" });
  // The roles already announce the keys; a screen reader need not read them again.
  const keys = el("div", { class: "keys", "aria-hidden": "true" });
  keys.append(key("↵"), keyOpen, key("⇧↵"), keyNewTab, el("kbd", { class: "closing" }, "esc"), keyClose);
  return { foot: el("div", { class: "foot" }, status, keys), status, keyOpen, keyNewTab, keyClose };
}

function key(name: string): HTMLElement {
  return el("kbd", {}, name);
}

/** The shortcut as it is shown to a reader, and as it is written in `aria-keyshortcuts`. */
export const SHORTCUT = onApple ? { shown: "⌘K", aria: "Meta+K" } : { shown: "Ctrl K", aria: "Control+K" };
