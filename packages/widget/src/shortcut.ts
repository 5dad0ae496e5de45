/**
 * Ctrl+K (Cmd+K on Apple) and "/" open the first search of the page that is rendered. All instances share one listener, which is removed with the
 * last instance.
 *
 * A one-character shortcut must be removable (WCAG 2.1.4): "mod" keeps only Ctrl/Cmd+K, "none" keeps neither.
 */
export type ShortcutChoice = "all" | "mod" | "none";

export interface ShortcutTaker {
  readonly shortcut: ShortcutChoice;
  /** False in a part of the page that is not rendered: a dialog there would block the page invisibly. */
  readonly isRendered: boolean;
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

/** The shortcut of a key press, if any. On Apple, Ctrl+K keeps its meaning in text fields: delete to the line's end. */
export function shortcutOf(event: KeyboardEvent, apple: boolean): Exclude<ShortcutChoice, "none"> | undefined {
  // AltGr types further characters of a layout; Windows reports it as Ctrl and Alt.
  if (event.altKey || event.isComposing || event.getModifierState("AltGraph")) return undefined;
  const key = latinKeyOf(event);
  const mod = apple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (mod && !event.shiftKey && key === "k") return "mod";
  // Shift is ignored: on many keyboards "/" needs it.
  return key === "/" && !event.ctrlKey && !event.metaKey ? "all" : undefined;
}

const OTHER_SCRIPT = /^(?!\p{Script=Latin})[\p{L}\p{M}]$/u;
const BY_PLACE: Readonly<Record<string, string>> = { KeyK: "k", Slash: "/" };

/**
 * The key's letter on a Latin layout. Cyrillic, Greek, Hebrew and Arabic layouts have no "k": there the position of the key decides.
 * On Latin layouts the letter decides, because Dvorak and AZERTY have other letters at these positions.
 */
function latinKeyOf({ key, code }: KeyboardEvent): string {
  const hasNoName = key === "Unidentified" || OTHER_SCRIPT.test(key);
  return (hasNoName && BY_PLACE[code]) || key.toLowerCase();
}

function onKeydown(event: Event): void {
  // Chromium dispatches a plain event of this name for a field that it filled in.
  if (!(event instanceof KeyboardEvent)) return;
  const pressed = shortcutOf(event, onApple);
  if (!pressed || event.defaultPrevented) return;
  if (pressed === "all" && isEditable(event.composedPath()[0])) return;
  const taker = takers.find(({ shortcut, isRendered }) => isRendered && (shortcut === "all" || shortcut === pressed));
  if (!taker) return;
  event.preventDefault();
  taker.takeShortcut();
}

// The first node of the path: outside a shadow tree, `target` is only the host of the field.
function isEditable(target: EventTarget | undefined): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=combobox]");
}
