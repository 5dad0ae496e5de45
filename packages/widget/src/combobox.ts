/**
 * The meaning of a key press in an editable combobox with a list of hits, after the ARIA Authoring Practices ("list
 * autocomplete with manual selection"). Differences: Enter without an active hit opens the best one, as in a search field,
 * and Escape in an empty field closes the surrounding dialog.
 */
export interface Combobox {
  readonly query: string;
  /** The number of shown hits. */
  readonly count: number;
  /** Index of the active hit, -1 while the field itself is active. */
  readonly active: number;
  /** "missing" while the answer to the query is being computed, or if it failed; "shown" if the hits answer the query. */
  readonly answer: "shown" | "missing";
}

/** The part of a KeyboardEvent that decides. */
export type Press = Pick<
  KeyboardEvent,
  "key" | "keyCode" | "isComposing" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey"
>;

export type Place = "here" | "new-tab";

export type Outcome =
  /** Leaves the key to the browser. */
  | { readonly act: "none" }
  | { readonly act: "move"; readonly active: number }
  /** The caret moves in the text, so no hit stays active; the browser moves the caret. */
  | { readonly act: "edit" }
  | { readonly act: "choose"; readonly index: number; readonly place: Place }
  /** Searches now instead of waiting for a pause in typing. */
  | { readonly act: "ask" }
  | { readonly act: "clear" }
  | { readonly act: "close" };

const NONE: Outcome = { act: "none" };
const CARET_KEYS = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);

export function outcomeOf(box: Combobox, press: Press): Outcome {
  if (composing(press)) return NONE;
  if (press.key === "Escape") return { act: box.query === "" ? "close" : "clear" };
  if (press.key === "Enter") return enter(box, press);
  if (press.altKey || press.ctrlKey || press.metaKey) return NONE;
  if (CARET_KEYS.has(press.key)) return { act: "edit" };
  if (press.shiftKey || box.count === 0) return NONE;
  if (press.key === "ArrowDown") return { act: "move", active: (box.active + 1) % box.count };
  if (press.key === "ArrowUp") return { act: "move", active: box.active <= 0 ? box.count - 1 : box.active - 1 };
  return NONE;
}

// Safari ends a composition before the Enter that confirmed it: only key code 229 still identifies that Enter.
function composing(press: Press): boolean {
  return press.isComposing || press.keyCode === 229;
}

function enter(box: Combobox, press: Press): Outcome {
  if (press.altKey) return NONE;
  // An active hit was chosen by the reader, so it is opened even while a newer answer is being computed.
  if (box.answer === "missing" && box.active < 0) return { act: "ask" };
  if (box.count === 0) return NONE;
  const place = press.shiftKey || press.ctrlKey || press.metaKey ? "new-tab" : "here";
  return { act: "choose", index: Math.max(0, box.active), place };
}
