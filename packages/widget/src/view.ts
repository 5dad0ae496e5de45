import type { Hit } from "@pipit/core";
import { Announcer } from "./announcer.ts";
import type { Place } from "./combobox.ts";
import { type HitContext, hitView } from "./hit-view.ts";
import type { Messages } from "./messages.ts";
import { noteView } from "./note-view.ts";
import { buildParts, type Parts, SHORTCUT } from "./parts.ts";
import type { ShortcutChoice } from "./shortcut.ts";
import { styleSheet } from "./styles.ts";

/** The texts and attributes of an element that its view needs. */
export interface Wording {
  readonly messages: Messages;
  readonly shortcut: ShortcutChoice;
}

/** The visible parts of one <pipit-search>. It shows the given content and makes no decisions. */
export class View {
  readonly parts: Parts = buildParts();
  readonly #root: ShadowRoot;
  readonly #announcer = new Announcer(this.parts.status);

  constructor(root: ShadowRoot) {
    this.#root = root;
    root.adoptedStyleSheets = [styleSheet()];
  }

  /** Shows the field in a dialog behind a trigger, or in the page at the element's position. */
  arrange(form: "dialog" | "inline"): void {
    const { dialog, panel, trigger, closer } = this.parts;
    dialog.close();
    const inline = form === "inline";
    closer.hidden = inline;
    if (!inline) dialog.append(panel);
    panel.role = inline ? "search" : null;
    this.#root.replaceChildren(...(inline ? [panel] : [trigger, dialog]));
  }

  word({ messages, shortcut }: Wording): void {
    const { trigger, triggerLabel, triggerKeys, dialog, panel, input, list, closer } = this.parts;
    triggerLabel.textContent = messages.label;
    triggerKeys.textContent = SHORTCUT.shown;
    triggerKeys.hidden = shortcut === "none";
    trigger.setAttribute("aria-keyshortcuts", { all: `${SHORTCUT.aria} /`, mod: SHORTCUT.aria, none: "" }[shortcut]);
    input.placeholder = messages.placeholder;
    closer.setAttribute("aria-label", messages.close);
    list.setAttribute("aria-label", messages.hits);
    for (const named of [dialog, input]) named.setAttribute("aria-label", messages.label);
    // Only elements with a role may have a name: in the dialog the panel has no role.
    panel.ariaLabel = panel.role === null ? null : messages.label;
    this.parts.keyOpen.textContent = messages.keyOpen;
    this.parts.keyNewTab.textContent = messages.keyNewTab;
    this.parts.keyClose.textContent = messages.keyClose;
  }

  /** Replaces the shown hits. */
  showHits(hits: readonly Hit[], context: HitContext): void {
    const { list } = this.parts;
    list.replaceChildren(...hits.map((hit, index) => hitView(hit, index, context)));
    list.scrollTop = 0;
    this.#expand(hits.length > 0);
  }

  /** Shows a note above the hits or in place of them; an empty line hides it. */
  showNote(line: string, advice?: string): void {
    this.parts.note.replaceChildren(...noteView(line, advice));
    this.parts.note.hidden = line === "";
  }

  /** Sets hits apart that are only the nearest ones. */
  rate(hits: "good" | "weak"): void {
    this.parts.panel.classList.toggle("weak", hits === "weak");
  }

  /** Marks the hit at this index as active, none for -1. */
  activate(index: number): void {
    const { list, input } = this.parts;
    for (const option of list.querySelectorAll("[aria-selected=true]")) option.setAttribute("aria-selected", "false");
    input.removeAttribute("aria-activedescendant");
    const option = list.children[index];
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  /** Follows the link of a hit, if it has one, like a click on it. */
  follow(index: number, place: Place): void {
    const option = this.parts.list.children[index];
    if (!(option instanceof HTMLAnchorElement)) return;
    if (place === "new-tab") window.open(option.href, "_blank", "noopener");
    else location.assign(option.href);
  }

  busy(state: "busy" | "calm"): void {
    this.parts.panel.classList.toggle("busy", state === "busy");
  }

  say(text: string): void {
    this.#announcer.say(text);
  }

  silence(): void {
    this.#announcer.silence();
  }

  /** Index of the hit on which an event happened, -1 if on none. */
  indexOf(event: Event): number {
    const path = event.composedPath();
    return [...this.parts.list.children].findIndex((option) => path.includes(option));
  }

  #expand(expanded: boolean): void {
    this.parts.list.hidden = !expanded;
    this.parts.input.setAttribute("aria-expanded", String(expanded));
    this.activate(-1);
  }
}
