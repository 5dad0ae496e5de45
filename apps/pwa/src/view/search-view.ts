import { LIMITS, type SearchResult } from "@pipit/core";
import type { Guide } from "../guide/guide.ts";
import { chosenPages, guideFilter } from "../guide/guide-facets.ts";
import type { Searcher } from "../search/joined-engine.ts";
import { addressOf } from "../search/place-address.ts";
import { isNarrowed, type Question, type Scope } from "../search/question.ts";
import { type FoundDocuments, PARTS_EACH, searchDocuments } from "../search/search-documents.ts";
import { statusOf } from "./answer-status.ts";
import { part } from "./element.ts";
import { FacetsView } from "./facets-view.ts";
import { type CardContext, hitCard, plainBirdCard } from "./hit-card.ts";
import { hideTrouble, showTrouble } from "./trouble.ts";
import { beginningOf, counted } from "./words.ts";

export interface SearchViewParts {
  /** Resolves when the collection can be searched. */
  searcher(scope: Scope): Promise<Searcher>;
  guide(): Promise<Guide>;
  /** Called after each answer, with the milliseconds from keystroke to hits. */
  answered(result: SearchResult, took: number): void;
  scopeChanged(scope: Scope): void;
  /** Called when the visitor rests at a question: after a pause in typing, and at once for a choice. */
  settled(question: Question): void;
}

const STEP = 12;
const SETTLED_MS = 800;
const FAILED = "The search did not work.";

/** The search box, its scope and filters, and the hits. A new question aborts older ones. */
export class SearchView {
  readonly #parts: SearchViewParts;
  readonly #input = part("query", HTMLInputElement);
  readonly #list = part("hits", HTMLOListElement);
  readonly #more = part("more", HTMLButtonElement);
  readonly #status = part("search-status", HTMLElement);
  readonly #examples = part("examples", HTMLElement);
  readonly #scopes = part("scopes", HTMLElement);
  readonly #facets = new FacetsView(() => this.#chosen());
  #most = STEP;
  #current = new AbortController();
  #answering: Promise<void> = Promise.resolve();
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SearchViewParts) {
    this.#parts = parts;
    part("search", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#chosen();
    });
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("change", () => this.settle());
    this.#scopes.addEventListener("change", () => this.#scopeChosen());
    this.#examples.addEventListener("click", (event) => this.#exampleChosen(event.target));
    this.#more.addEventListener("click", () => void this.#showMore());
    this.#showScope();
  }

  /** The question in the box, with its scope and filters. */
  get question(): Question {
    return { text: this.#input.value.trim(), scope: this.#scope, choice: this.#facets.choice };
  }

  get #scope(): Scope {
    const checked = this.#scopes.querySelector<HTMLInputElement>("input:checked");
    return (checked?.value as Scope | undefined) ?? "guide";
  }

  choose(scope: Scope): void {
    if (this.#check(scope)) this.#scopeChosen();
  }

  /** Asks the question of the page's address. A text that was typed before the script was there stays. */
  begin(question: Question): void {
    const typed = this.question.text;
    this.show(typed === "" ? question : { ...question, text: typed });
    if (typed !== "") this.#typed();
  }

  /** Fills in a question and searches, unless it is asked already. */
  show(question: Question): void {
    if (addressOf({ question }) === addressOf({ question: this.question })) return;
    this.#input.value = question.text;
    this.#check(question.scope);
    this.#facets.choose(question.choice);
    this.#most = STEP;
    this.#showScope();
    void this.ask();
  }

  /** Fills the filters with what the guide has. */
  offer(guide: Guide): void {
    this.#facets.offer(guide);
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

  /** Resolves when neither pointer nor focus is among the hits, which must not move then. */
  async whenLeft(): Promise<void> {
    while (this.#list.matches(":hover, :focus-within")) {
      await new Promise((left) => {
        for (const event of ["pointerleave", "focusout"]) this.#list.addEventListener(event, left, { once: true });
      });
    }
  }

  /** Takes the question as the one at which the visitor rests. */
  settle(): void {
    clearTimeout(this.#settling);
    this.#parts.settled(this.question);
  }

  #typed(): void {
    this.#most = STEP;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.settle(), SETTLED_MS);
    void this.ask();
  }

  #chosen(): void {
    this.#most = STEP;
    void this.ask();
    this.settle();
  }

  #scopeChosen(): void {
    this.#showScope();
    this.#chosen();
  }

  #showScope(): void {
    this.#facets.hidden = this.#scope !== "guide";
    this.#parts.scopeChanged(this.#scope);
  }

  /** Returns false if the scope is the present one. */
  #check(scope: Scope): boolean {
    const choice = this.#scopes.querySelector<HTMLInputElement>(`input[value="${scope}"]`);
    if (!choice || choice.checked) return false;
    choice.checked = true;
    return true;
  }

  #exampleChosen(target: EventTarget | null): void {
    if (!(target instanceof HTMLButtonElement)) return;
    this.#input.value = target.textContent ?? "";
    this.#input.focus();
    this.#chosen();
  }

  /** The focus moves to the first of the new hits, because the button moves away below them. */
  async #showMore(): Promise<void> {
    const before = this.#list.children.length;
    this.#most += STEP;
    await this.ask();
    this.#list.children[before]?.querySelector("a")?.focus();
  }

  async #ask(): Promise<void> {
    this.#current.abort();
    this.#current = new AbortController();
    const { signal } = this.#current;
    const { text, scope } = this.question;
    const isBrowsing = text === "" && isNarrowed(this.question);
    this.#examples.hidden = text !== "" || scope === "mine" || isBrowsing;
    if (text === "" && !isBrowsing) return this.#clear();
    try {
      await (isBrowsing ? this.#browse(signal) : this.#answer(signal));
      hideTrouble(FAILED);
    } catch (error) {
      if (signal.aborted) return;
      this.#clear();
      showTrouble(FAILED, error);
    }
  }

  async #answer(signal: AbortSignal): Promise<void> {
    const began = performance.now();
    const [searcher, guide] = await Promise.all([this.#parts.searcher(this.#scope), this.#parts.guide()]);
    if (signal.aborted) return;
    this.#facets.offer(guide);
    const { question } = this;
    // A pasted text may be longer than the limit of an engine.
    const query = beginningOf(question.text, LIMITS.queryCharacters);
    const filter = question.scope === "guide" ? guideFilter(question.choice) : undefined;
    // One more than is shown, so that the button for more is there only if there are more.
    const documents = this.#most + 1;
    const partsEach = question.scope === "guide" ? 1 : PARTS_EACH;
    const found = await searchDocuments(searcher, query, { documents, partsEach, filter, signal });
    if (signal.aborted) return;
    this.#show(found, { guide, question });
    this.#parts.answered(found.result, performance.now() - began);
  }

  /** Without a question, a choice in the guide lists the birds that it leaves. */
  async #browse(signal: AbortSignal): Promise<void> {
    const guide = await this.#parts.guide();
    if (signal.aborted) return;
    this.#facets.offer(guide);
    const { question } = this;
    const cards = chosenPages(guide, question.choice).map((page) => plainBirdCard(page, question));
    this.#list.classList.remove("weak");
    this.#list.replaceChildren(...cards.slice(0, this.#most));
    this.#more.hidden = cards.length <= this.#most;
    this.#status.textContent = `${counted(cards.length, "bird")}.`;
  }

  #show({ result, groups }: FoundDocuments, context: CardContext): void {
    const shown = groups.slice(0, this.#most);
    this.#list.replaceChildren(...shown.map((group) => hitCard(group, context)));
    this.#list.classList.toggle("weak", result.weak === true);
    this.#more.hidden = shown.length === groups.length;
    this.#status.textContent = statusOf(result, shown.length);
  }

  #clear(): void {
    this.#list.replaceChildren();
    this.#more.hidden = true;
    this.#status.textContent = "";
  }
}
