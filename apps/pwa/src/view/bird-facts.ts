import type { GuidePage, Species } from "../guide/species.ts";
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

/** Of `more` facts a list of hits shows only those with a mark. */
export function birdFacts({ species, kin }: GuidePage, shown: Shown): HTMLElement {
  const { look, song, habitat, behaviour } = species;
  const row =
    (kind: string) =>
    ([label, text]: [string, string]) => {
      return element("div", { class: kind }, element("dt", {}, label), element("dd", {}, ...shown(text)));
    };
  const first = Object.entries({ Look: look, Song: song, Habitat: habitat }).map(row("fact"));
  const more = Object.entries({ Behaviour: behaviour, Family: kin }).map(row("fact more"));
  return element("dl", {}, ...first, ...more);
}
