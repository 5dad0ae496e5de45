import { type Filter, LIMITS, type SearchResult } from "@pipit/core";
import type { Guide } from "../guide/guide.ts";
import { type GuideChoice, guideFilter } from "../search/guide-filter.ts";
import type { Searcher } from "../search/joined-engine.ts";
import type { MatchingPart } from "../search/matching-part.ts";
import { wordiestPart } from "../search/wordiest-part.ts";
import { element, part } from "./element.ts";
import { type HitCard, hitCard } from "./hit-card.ts";
import { hideTrouble, showTrouble } from "./trouble.ts";
import { beginningOf, counted, milliseconds } from "./words.ts";

export type Scope = "guide" | "mine" | "all";

export interface SearchViewParts {
  /** Resolves when the collection can be searched. */
  searcher(scope: Scope): Promise<Searcher>;
  guide(): Promise<Guide>;
  readonly matching: MatchingPart;
  /** Called after each answer, with the milliseconds from keystroke to hits. */
  answered(result: SearchResult, took: number): void;
  scopeChanged(scope: Scope): void;
}

const MOST_HITS = 12;
const MOST_MARKED = 8;
const FAILED = "The search did not work.";

/** The search box, its scope and filters, and the hits. A new question aborts older ones. */
export class SearchView {
  readonly #parts: SearchViewParts;
  readonly #input = part("query", HTMLInputElement);
  readonly #list = part("hits", HTMLOListElement);
  readonly #status = part("search-status", HTMLElement);
  readonly #examples = part("examples", HTMLElement);
  readonly #group = part("group", HTMLSelectElement);
  readonly #region = part("region", HTMLSelectElement);
  readonly #filters = part("filters", HTMLElement);
  readonly #scopes = part("scopes", HTMLElement);
  #current = new AbortController();
  #answering: Promise<void> = Promise.resolve();

  constructor(parts: SearchViewParts) {
    this.#parts = parts;
    part("search", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask();
    });
    this.#input.addEventListener("input", () => void this.ask());
    this.#scopes.addEventListener("change", () => this.#scopeChosen());
    this.#filters.addEventListener("change", () => void this.ask());
    this.#examples.addEventListener("click", (event) => this.#exampleChosen(event.target));
    this.#scopeChosen();
  }

  get scope(): Scope {
    const checked = this.#scopes.querySelector<HTMLInputElement>("input:checked");
    return (checked?.value as Scope | undefined) ?? "guide";
  }

  choose(scope: Scope): void {
    const choice = this.#scopes.querySelector<HTMLInputElement>(`input[value="${scope}"]`);
    if (!choice || choice.checked) return;
    choice.checked = true;
    this.#scopeChosen();
  }

  /** Fills in a query and searches. */
  askFor(query: string): void {
    this.#input.value = query;
    this.#input.focus();
    void this.ask();
  }

  /** Searches for the text in the box, even if it is unchanged: the collection or the model may have changed. */
  ask(): Promise<void> {
    this.#answering = this.#ask();
    return this.#answering;
  }

  /** Resolves when the newest question is answered or has failed. Never rejects. */
  async whenAnswered(): Promise<void> {
    await this.#answering;
  }

  async #ask(): Promise<void> {
    this.#current.abort();
    this.#current = new AbortController();
    const { signal } = this.#current;
    // A pasted text may be longer than the limit of an engine.
    const query = beginningOf(this.#input.value, LIMITS.queryCharacters);
    this.#examples.hidden = query !== "" || this.scope === "mine";
    if (query === "") return this.#clear();
    try {
      await this.#answer(query, signal);
      hideTrouble(FAILED);
    } catch (error) {
      if (signal.aborted) return;
      this.#clear();
      showTrouble(FAILED, error);
    }
  }

  async #answer(query: string, signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const { scope } = this;
    const [searcher, guide] = await Promise.all([this.#parts.searcher(scope), this.#parts.guide()]);
    const result = await searcher.search(query, { k: MOST_HITS, filter: this.#filter(), signal });
    if (signal.aborted) return;
    const took = performance.now() - began;
    const cards = result.hits.map((hit) => hitCard(hit, guide));
    this.#list.replaceChildren(...cards.map(({ node }) => node));
    this.#status.textContent = statusOf(result, took);
    this.#parts.answered(result, took);
    await this.#mark(query, cards.slice(0, MOST_MARKED), signal);
  }

  async #mark(query: string, cards: readonly HitCard[], signal: AbortSignal): Promise<void> {
    for (const card of cards) if (card.match) card.markSentence(wordiestPart(query, card.sentences));
    const near = cards.filter(({ match }) => !match);
    const lists = near.map(({ sentences }) => sentences);
    const places = lists.length > 0 ? await this.#parts.matching.nearest(query, lists, signal) : [];
    if (signal.aborted) return;
    for (const [at, place] of places.entries()) near[at]?.markSentence(place);
  }

  #filter(): Filter | undefined {
    const choice: GuideChoice = { group: this.#group.value, region: this.#region.value };
    return this.scope === "guide" ? guideFilter(choice) : undefined;
  }

  #scopeChosen(): void {
    this.#filters.hidden = this.scope !== "guide";
    this.#parts.scopeChanged(this.scope);
    void this.ask();
  }

  #exampleChosen(target: EventTarget | null): void {
    if (target instanceof HTMLButtonElement) this.askFor(target.textContent ?? "");
  }

  #clear(): void {
    this.#list.replaceChildren();
    this.#status.textContent = "";
  }
}

function statusOf({ hits, unread }: SearchResult, took: number): string {
  const found = hits.length === 0 ? "Nothing found here." : `${counted(hits.length, "hit")} in ${milliseconds(took)}`;
  return unread ? `${found.replace(/\.$/, "")}. The model does not read this script: found by its words.` : found;
}

/** Fills a select with the values of a field. */
export function offerChoices(select: HTMLSelectElement, choices: readonly string[]): void {
  select.append(...choices.map((choice) => element("option", { value: choice }, choice)));
}
