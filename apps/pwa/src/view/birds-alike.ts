import type { Hit } from "@pipit/core";
import type { Guide } from "../guide/guide.ts";
import { addressOf } from "../search/place-address.ts";
import type { Question } from "../search/question.ts";
import { birdHead } from "./bird-facts.ts";
import { element } from "./element.ts";

const plain = (text: string) => [text];

/** Links to the birds that were found to be like one; none without any. */
export function birdsAlike(hits: readonly Hit[], guide: Guide, question: Question): HTMLElement[] {
  const links = hits.flatMap(({ id }) => {
    const page = guide.get(id);
    if (!page) return [];
    const href = addressOf({ question, page: { bird: id } });
    return [element("li", {}, element("a", { href }, ...birdHead(page.species, plain)))];
  });
  if (links.length === 0) return [];
  const heading = element("h3", { id: "alike" }, "Birds like this");
  return [element("nav", { class: "alike", "aria-labelledby": "alike" }, heading, element("ul", {}, ...links))];
}
