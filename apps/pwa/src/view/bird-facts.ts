import type { Species } from "../guide/species.ts";
import { element } from "./element.ts";

/** Makes the nodes of a text, such as with its marks. */
export type Shown = (text: string) => readonly (Node | string)[];

export function birdHead({ name, scientificName }: Species, shown: Shown): (Node | string)[] {
  const latin = element("i", { lang: "la", translate: "no" }, ...shown(scientificName));
  return [...shown(name), " ", latin];
}

/** "larks · 18 cm · Europe, Asia". */
export function birdSummary({ family, sizeCm, regions, status }: Species): string {
  return [family, `${sizeCm} cm`, regions.join(", "), status].filter(Boolean).join(" · ");
}

export function birdFacts({ look, song, habitat }: Species, shown: Shown): HTMLElement {
  const facts = Object.entries({ Look: look, Song: song, Habitat: habitat });
  const rows = facts.map(([label, text]) =>
    element("div", { class: "fact" }, element("dt", {}, label), element("dd", {}, ...shown(text))),
  );
  return element("dl", {}, ...rows);
}
