import type { Guide } from "../guide/guide.ts";
import { type Facet, type FacetValue, facetsOf, knownChoice } from "../guide/guide-facets.ts";
import { type GuideChoice, NO_CHOICE } from "../search/question.ts";
import { element, part } from "./element.ts";

const ALL: Readonly<Record<Facet, string>> = { group: "All birds", region: "Everywhere", size: "Any size" };

/** The lists that narrow the guide, each value with the number of birds that it leaves. */
export class FacetsView {
  readonly #lists: Readonly<Record<Facet, HTMLSelectElement>> = {
    group: part("group", HTMLSelectElement),
    region: part("region", HTMLSelectElement),
    size: part("size", HTMLSelectElement),
  };
  readonly #box = part("filters", HTMLElement);
  #guide: Guide | undefined;
  #choice = NO_CHOICE;

  /** `chosen` is called when the visitor has chosen a value. */
  constructor(chosen: () => void) {
    this.#box.addEventListener("change", (event) => {
      if (!(event.target instanceof HTMLSelectElement)) return;
      this.choose({ ...this.#choice, [event.target.id]: event.target.value });
      chosen();
    });
  }

  /** Until the guide is offered, a choice may have values that the guide lacks. */
  get choice(): GuideChoice {
    return this.#choice;
  }

  choose(choice: GuideChoice): void {
    this.#choice = this.#guide ? knownChoice(this.#guide, choice) : choice;
    this.#show();
  }

  offer(guide: Guide): void {
    if (this.#guide === guide) return;
    this.#guide = guide;
    this.choose(this.#choice);
  }

  set hidden(hidden: boolean) {
    this.#box.hidden = hidden;
  }

  #show(): void {
    if (!this.#guide) return;
    for (const [facet, values] of Object.entries(facetsOf(this.#guide, this.#choice)) as [Facet, FacetValue[]][]) {
      this.#lists[facet].replaceChildren(new Option(ALL[facet], ""), ...values.map(option));
      this.#lists[facet].value = this.#choice[facet];
    }
  }
}

/** A value that leaves no bird cannot be chosen. */
function option({ value, label, count }: FacetValue): HTMLElement {
  return element("option", { value, disabled: count === 0 }, `${label} (${count})`);
}
