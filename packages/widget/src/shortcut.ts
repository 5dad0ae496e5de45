/**
 * Ctrl+K (Cmd+K on Apple) and "/" open the first search of the page. One listener serves all instances, and it goes
 * when the last instance goes.
 *
 * A shortcut of one character has to be removable (WCAG 2.1.4): "mod" keeps Ctrl/Cmd+K alone, "none" keeps neither.
 */
export type ShortcutChoice = "all" | "mod" | "none";

export interface ShortcutTaker {
  readonly shortcut: ShortcutChoice;
  takeShortcut(): void;
}

const takers: ShortcutTaker[] = [];

export const onApple: boolean = /Mac|iP(hone|ad|od)/.test(globalThis.navigator?.platform ?? "");

export function takeShortcuts(taker: ShortcutTaker): void {
  if (takers.length === 0) document.addEventListener("keydown", onKeydown);
  if (!takers.includes(taker)) takers.push(taker);
}

export function leaveShortcuts(taker: ShortcutTaker): void {
  const at = takers.indexOf(taker);
  if (at >= 0) takers.splice(at, 1);
  if (takers.length === 0) document.removeEventListener("keydown", onKeydown);
}

/** Which shortcut a press is, if any. On Apple, Ctrl+K stays what it is in a text field: cut to the line's end. */
export function shortcutOf(event: KeyboardEvent, apple: boolean): Exclude<ShortcutChoice, "none"> | undefined {
  // AltGr is how a layout's further characters are typed; Windows tells of it as Ctrl and Alt.
  if (event.altKey || event.isComposing || event.getModifierState("AltGraph")) return undefined;
  const key = latinKeyOf(event);
  const mod = apple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (mod && !event.shiftKey && key === "k") return "mod";
  // Shift is not looked at: on many keyboards "/" is typed with it.
  return key === "/" && !event.ctrlKey && !event.metaKey ? "all" : undefined;
}

const OTHER_SCRIPT = /^(?!\p{Script=Latin})[\p{L}\p{M}]$/u;
const BY_PLACE: Readonly<Record<string, string>> = { KeyK: "k", Slash: "/" };

/**
 * The key as a Latin layout names it. A Cyrillic, Greek, Hebrew or Arabic layout has no "k", but has a key in its place. A Latin
 * layout goes by its own letters, wherever they lie: Dvorak and AZERTY have other keys in these places.
 */
function latinKeyOf({ key, code }: KeyboardEvent): string {
  const hasNoName = key === "Unidentified" || OTHER_SCRIPT.test(key);
  return (hasNoName && BY_PLACE[code]) || key.toLowerCase();
}

function onKeydown(event: KeyboardEvent): void {
  const pressed = shortcutOf(event, onApple);
  if (!pressed || event.defaultPrevented) return;
  if (pressed === "all" && isEditable(event.composedPath()[0])) return;
  const taker = takers.find(({ shortcut }) => shortcut === "all" || shortcut === pressed);
  if (!taker) return;
  event.preventDefault();
  taker.takeShortcut();
}

// The path's first node, because seen from the document a field in a shadow tree is only its host.
function isEditable(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=combobox]");
}
