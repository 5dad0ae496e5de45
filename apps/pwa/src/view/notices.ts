import { element, part } from "./element.ts";

const said = new Set<string>();

/** Shows a limit of this site or browser, once until the page is closed. */
export function giveNotice(sentence: string | undefined): void {
  if (sentence === undefined || said.has(sentence)) return;
  said.add(sentence);
  const list = part("notices", HTMLUListElement);
  list.append(element("li", {}, sentence));
  list.hidden = false;
}
