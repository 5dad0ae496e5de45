import { element, part } from "./element.ts";

const said = new Set<string>();

/** Tells the visitor once what this place or browser does not allow, for as long as the page is open. */
export function giveNotice(sentence: string | undefined): void {
  if (sentence === undefined || said.has(sentence)) return;
  said.add(sentence);
  const list = part("notices", HTMLUListElement);
  list.append(element("li", {}, sentence));
  list.hidden = false;
}
