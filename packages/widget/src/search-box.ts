import type { Hit, SearchResult } from "@pipit/core";
import { type Combobox, type Outcome, outcomeOf, type Place } from "./combobox.ts";
import type { Messages } from "./messages.ts";
import { type Finding, type Found, Seeker } from "./seeker.ts";
import type { View } from "./view.ts";

const PAUSE_MS = 60;

/** The element of a search box. */
export interface SearchBoxHost {
  readonly messages: Messages;
  /** Shown while the field is empty. */
  readonly invitation: string;
  /** Shown in place of hits while the engine takes in its entries. */
  readonly preparing: string | undefined;
  ask(query: string, signal: AbortSignal): Promise<SearchResult>;
  found(result: SearchResult): void;
  /** Called for a failed search. Returns a sentence with the action that the reader can take. */
  failed(error: unknown): string;
  /** Called for a chosen hit. Returns false if its link must not be followed. */
  chosen(hit: Hit, place: Place): boolean;
  close(): void;
}

/** Connects the field with its hits: handles keys and pointer, searches, and updates the view. */
export class SearchBox {
  readonly #view: View;
  readonly #host: SearchBoxHost;
  readonly #seeker: Seeker;
  #hits: readonly Hit[] = [];
  #active = -1;
  #answer: Combobox["answer"] = "shown";
  /** What was said last of an answer. */
  #outcome = "";

  constructor(view: View, host: SearchBoxHost) {
    this.#view = view;
    this.#host = host;
    this.#seeker = new Seeker({
      ask: host.ask,
      tell: (finding: Finding) => this.#show(finding),
      pauseMs: PAUSE_MS,
      mayChange: () => this.#active < 0,
    });
    this.#listen();
  }

  get waiting(): boolean {
    return this.#answer === "missing";
  }

  /** Searches again for the field's text, after a change of engine or messages. */
  start(): void {
    this.#seeker.stop();
    const { value } = this.#view.parts.input;
    if (value.trim() === "") this.#show({ phase: "idle" });
    else this.#seeker.type(value);
  }

  stop(): void {
    this.#seeker.stop();
  }

  /** Takes in what the engine has learnt, once the reader is not among the hits: these must not move then. */
  renew(): void {
    void this.#seeker.askAgain();
  }

  #listen(): void {
    const { input, list } = this.#view.parts;
    input.addEventListener("input", () => this.#seeker.type(input.value));
    input.addEventListener("keydown", (event) => this.#press(event));
    // Keeps the focus in the field, which handles the keys.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("pointermove", (event) => this.#point(this.#view.indexOf(event)));
    list.addEventListener("click", (event) => this.#click(event));
  }

  #press(event: KeyboardEvent): void {
    const query = this.#view.parts.input.value;
    const box = { query, count: this.#hits.length, active: this.#active, answer: this.#answer };
    const outcome = outcomeOf(box, event);
    if (outcome.act === "none") return;
    if (outcome.act !== "edit") event.preventDefault();
    this.#carryOut(outcome);
  }

  #carryOut(outcome: Outcome): void {
    if (outcome.act === "move") this.#activate(outcome.active);
    else if (outcome.act === "edit") this.#activate(-1);
    else if (outcome.act === "choose") this.#choose(outcome.index, outcome.place);
    else if (outcome.act === "ask") this.#seeker.askNow();
    else if (outcome.act === "clear") this.#clear();
    else if (outcome.act === "close") this.#host.close();
  }

  #clear(): void {
    this.#view.parts.input.value = "";
    this.#seeker.type("");
  }

  #activate(index: number): void {
    this.#active = index;
    this.#view.activate(index);
  }

  #point(index: number): void {
    if (index >= 0 && index !== this.#active) this.#activate(index);
  }

  #choose(index: number, place: Place): void {
    const hit = this.#hits[index];
    if (hit && this.#host.chosen(hit, place)) this.#view.follow(index, place);
  }

  // The browser follows a click on a real link, with the meaning of its modifier keys.
  #click(event: MouseEvent): void {
    const hit = this.#hits[this.#view.indexOf(event)];
    const place = event.ctrlKey || event.metaKey || event.shiftKey ? "new-tab" : "here";
    if (hit && !this.#host.chosen(hit, place)) event.preventDefault();
  }

  #show(finding: Finding): void {
    const waits = finding.phase === "searching";
    this.#answer = waits || finding.phase === "failed" ? "missing" : "shown";
    this.#view.busy(waits ? "busy" : "calm");
    if (waits) this.#view.say(this.#host.messages.searching);
    else if (finding.phase === "idle") this.#showIdle();
    else if (finding.phase === "found") this.#showFound(finding);
    else this.#showFailed(finding.error);
  }

  #showIdle(): void {
    this.#showHits([], "");
    this.#view.showNote(this.#host.invitation);
    this.#view.silence();
  }

  #showFound({ query, result, isRenewed }: Found): void {
    const [line, advice] = outcomeWords(query, result, this.#host);
    const isWeak = result.weak === true && result.hits.length > 0;
    this.#showHits(result.hits, query);
    this.#view.showNote(isWeak || result.hits.length === 0 ? line : "", advice);
    this.#view.rate(isWeak ? "weak" : "good");
    this.#sayFound(advice ? `${line}. ${advice}` : line, isRenewed);
    this.#host.found(result);
  }

  /** What was said of a question is not said again when its answer is renewed. */
  #sayFound(outcome: string, isRenewed = false): void {
    if (isRenewed && outcome === this.#outcome) return;
    this.#outcome = outcome;
    this.#view.say(outcome);
  }

  #showFailed(error: unknown): void {
    const { failed } = this.#host.messages;
    const advice = this.#host.failed(error);
    this.#showHits([], "");
    this.#view.showNote(failed, advice);
    this.#view.say(`${failed}. ${advice}`);
  }

  #showHits(hits: readonly Hit[], query: string): void {
    this.#hits = hits;
    this.#active = -1;
    this.#view.rate("good");
    this.#view.showHits(hits, { query, messages: this.#host.messages });
  }
}

/** The outcome of a search, and a sentence that explains it; empty where nothing needs explaining. */
function outcomeWords(
  query: string,
  { hits, weak, unread }: SearchResult,
  { messages, preparing }: SearchBoxHost,
): [string, string] {
  const advice = unread ? messages.unread : "";
  if (hits.length === 0 && preparing) return [preparing, ""];
  if (hits.length === 0) return [messages.noResults(query), advice];
  if (weak) return [messages.weak, advice || messages.weakAdvice];
  return [messages.results(hits.length), advice];
}
