import type { Filter, Hit, SearchResult } from "@pipit/core";
import { el } from "./dom.ts";
import { type FacetScalar, facetValues, filterOf } from "./facet-counts.ts";
import type { Messages } from "./messages.ts";

/** The values of a facet and their counts are those of this many best hits. */
const COUNTED = 100;

/** One search of the question for the `k` best hits. */
export type AskFor = (options: { readonly k: number; readonly filter?: Filter | undefined }) => Promise<SearchResult>;

/**
 * The lists that narrow a search by fields of its hits. An engine does not list what its collection holds, so that values and counts are
 * those of the best hits of the same question without the choice.
 */
export class FacetBar {
  readonly node = el("div", { class: "facets", part: "facets" });
  readonly #changed: () => void;
  readonly #choices = new Map<string, FacetScalar>();
  #fields: readonly string[] = [];

  /** `changed` is called when the reader has chosen a value. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Sets the fields to narrow by. Choices in other fields end. */
  narrowBy(fields: readonly string[]): void {
    this.#fields = fields;
    for (const field of this.#choices.keys()) if (!fields.includes(field)) this.#choices.delete(field);
  }

  /** The `k` best hits that have the chosen values. A wider search gives the counts; without a choice it gives the hits too. */
  async search(k: number, messages: Messages, ask: AskFor): Promise<SearchResult> {
    const filter = filterOf(this.#choices);
    const [wide, narrow] = await Promise.all([ask({ k: Math.max(k, COUNTED) }), filter && ask({ k, filter })]);
    this.#show(wide.hits.slice(0, COUNTED), messages);
    return narrow ?? { ...wide, hits: wide.hits.slice(0, k) };
  }

  #show(hits: readonly Hit[], messages: Messages): void {
    // A list that has the focus keeps it: it gets new values, and is not replaced.
    for (const field of this.#fields) this.#fill(this.#listOf(field), field, { hits, messages });
    for (const list of this.#lists()) if (!this.#fields.includes(list.name)) list.remove();
  }

  #fill(
    list: HTMLSelectElement,
    field: string,
    { hits, messages }: { readonly hits: readonly Hit[]; readonly messages: Messages },
  ): void {
    const values = facetValues(hits, field, this.#choices);
    const chosen = values.findIndex(({ value }) => value === this.#choices.get(field));
    const options = values.map(({ value, count }, at) => new Option(`${value} (${count})`, String(at)));
    list.replaceChildren(new Option(messages.anyValue(field), ""), ...options);
    list.value = chosen < 0 ? "" : String(chosen);
    list.hidden = values.length === 0;
    list.onchange = () => this.#choose(field, values[Number(list.value || -1)]?.value);
  }

  #choose(field: string, value: FacetScalar | undefined): void {
    if (value === undefined) this.#choices.delete(field);
    else this.#choices.set(field, value);
    this.#changed();
  }

  #listOf(field: string): HTMLSelectElement {
    const known = this.#lists().find(({ name }) => name === field);
    if (known) return known;
    const list = el("select", { name: field, "aria-label": field, part: "facet" });
    this.node.append(list);
    return list;
  }

  #lists(): HTMLSelectElement[] {
    return [...this.node.querySelectorAll("select")];
  }
}
